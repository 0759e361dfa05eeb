/// Mounts as values: what mount(2) would be told.
@NullMarked
package dev.coracle.core.mounts;

import org.jspecify.annotations.NullMarked;
