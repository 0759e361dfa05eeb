/// Images of one containerd namespace: names, pulls and what an image says about a container.
@NullMarked
package dev.coracle.engine.images;

import org.jspecify.annotations.NullMarked;
