/// The networks of containers, inside the container network namespace: bridges, veth pairs,
/// addresses, routes and nftables by netlink, names by DNS, published ports by the relay. A
/// container's attachment is a handful of netlink messages.
@NullMarked
package dev.coracle.network;

import org.jspecify.annotations.NullMarked;
