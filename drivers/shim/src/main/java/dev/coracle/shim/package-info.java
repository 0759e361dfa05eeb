/// Runtimes outside the daemon: programs that speak containerd's shim protocol. They are started
/// as containerd starts them, live on when the daemon ends, and are found again by the next one.
@NullMarked
package dev.coracle.shim;

import org.jspecify.annotations.NullMarked;
