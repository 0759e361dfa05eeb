/// Configuration, assembly, sockets and shutdown of the daemon.
@NullMarked
package dev.coracle.daemon;

import org.jspecify.annotations.NullMarked;
