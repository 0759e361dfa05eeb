/// What people want done with images, containers, networks and volumes, as use cases on ports only.
/// Knows no driver, no wire and no command line.
@NullMarked
package dev.coracle.engine;

import org.jspecify.annotations.NullMarked;
