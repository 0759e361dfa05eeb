/// The commands about images and registries.
@NullMarked
package dev.coracle.cli.images;

import org.jspecify.annotations.NullMarked;
