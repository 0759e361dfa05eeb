/// Credentials of registries where docker keeps them.
@NullMarked
package dev.coracle.cli.registry;

import org.jspecify.annotations.NullMarked;
