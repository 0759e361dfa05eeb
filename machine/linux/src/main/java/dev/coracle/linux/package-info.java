/// The kernel: the only user of java.lang.foreign.
@NullMarked
package dev.coracle.linux;

import org.jspecify.annotations.NullMarked;
