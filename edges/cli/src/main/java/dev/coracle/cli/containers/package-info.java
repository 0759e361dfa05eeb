/// The commands about containers.
@NullMarked
package dev.coracle.cli.containers;

import org.jspecify.annotations.NullMarked;
