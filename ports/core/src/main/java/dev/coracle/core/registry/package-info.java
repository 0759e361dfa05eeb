/// Registries: where images come from and go to.
@NullMarked
package dev.coracle.core.registry;

import org.jspecify.annotations.NullMarked;
