/// Images: names for descriptors.
@NullMarked
package dev.coracle.core.images;

import org.jspecify.annotations.NullMarked;
