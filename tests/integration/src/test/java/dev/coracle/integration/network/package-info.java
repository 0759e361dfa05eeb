/// Networks with real packets, inside a user, mount and network namespace as the daemon has them:
/// the outer network namespace plays the host. The classes named `...Inside` run there; their
/// results are those of [BridgeNetworksTest].
@NullMarked
package dev.coracle.integration.network;

import org.jspecify.annotations.NullMarked;
