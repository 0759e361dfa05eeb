/// Archives made by hand, by commons-compress and by GNU tar, against the reader, the writer and
/// real directories.
@NullMarked
package dev.coracle.layers;

import org.jspecify.annotations.NullMarked;
