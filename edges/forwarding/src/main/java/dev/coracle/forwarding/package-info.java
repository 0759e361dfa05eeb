/// A command forwarded to the warm daemon: arguments, directory, environment, descriptors 0 to 2,
/// window size and signals one way, the exit status the other. The protocol, its server and its
/// Java client; the C client in `programs/dist` speaks the same.
@NullMarked
package dev.coracle.forwarding;

import org.jspecify.annotations.NullMarked;
