/// The commands about networks.
@NullMarked
package dev.coracle.cli.networks;

import org.jspecify.annotations.NullMarked;
