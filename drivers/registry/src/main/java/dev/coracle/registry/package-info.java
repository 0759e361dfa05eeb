/// Resolve, pull and push over the distribution protocol. A registry is asked through the hosts
/// that its `hosts.toml` names, in order; credentials go only to the host that asked for them;
/// every byte that is kept was counted and hashed.
@NullMarked
package dev.coracle.registry;

import org.jspecify.annotations.NullMarked;
