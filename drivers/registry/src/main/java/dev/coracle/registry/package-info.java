/// Resolve, pull and push over the distribution protocol; hosts.toml.
@NullMarked
package dev.coracle.registry;

import org.jspecify.annotations.NullMarked;
