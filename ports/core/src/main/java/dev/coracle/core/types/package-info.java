/// Records that several nouns share: descriptors, opaque typed bytes, field masks.
@NullMarked
package dev.coracle.core.types;

import org.jspecify.annotations.NullMarked;
