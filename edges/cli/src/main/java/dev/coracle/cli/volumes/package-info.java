/// The commands about volumes.
@NullMarked
package dev.coracle.cli.volumes;

import org.jspecify.annotations.NullMarked;
