/// Volumes: directories with a name that outlive containers.
@NullMarked
package dev.coracle.engine.volumes;

import org.jspecify.annotations.NullMarked;
