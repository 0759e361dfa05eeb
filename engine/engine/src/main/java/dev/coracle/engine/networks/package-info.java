/// Networks by name, as people create and list them.
@NullMarked
package dev.coracle.engine.networks;

import org.jspecify.annotations.NullMarked;
