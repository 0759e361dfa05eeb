/// Drivers outside the daemon, which becomes a client of its own API: snapshotters, content and differs that another
/// program serves on a unix socket (`[proxy_plugins]`). A connection is made when it is first needed and made again
/// after it broke; what fails says which plugin it was and where it was looked for.
@NullMarked
package dev.coracle.proxy;

import org.jspecify.annotations.NullMarked;
