/// Apply and compute tar layers; hostile input.
@NullMarked
package dev.coracle.layers;

import org.jspecify.annotations.NullMarked;
