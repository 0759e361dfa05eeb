/// Layers: archives applied to mounts, and mounts compared into archives.
@NullMarked
package dev.coracle.core.layers;

import org.jspecify.annotations.NullMarked;
