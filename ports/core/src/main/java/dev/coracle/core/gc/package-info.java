/// Garbage collection: what nothing keeps any more is removed.
@NullMarked
package dev.coracle.core.gc;

import org.jspecify.annotations.NullMarked;
