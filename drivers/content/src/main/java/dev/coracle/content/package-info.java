/// Blobs in a directory.
@NullMarked
package dev.coracle.content;

import org.jspecify.annotations.NullMarked;
