/// A command forwarded to the warm daemon: arguments, directory, environment, descriptors 0 to 2 and
/// signals one way, the exit status the other. The protocol (`docs/forwarding.md`), its server and
/// its Java client; the C client in `programs/dist` speaks the same.
///
/// [ForwardingServer] listens, [Call] is one command as the program that carries it out sees it,
/// [ForwardingClient] is the other end.
@NullMarked
package dev.coracle.forwarding;

import org.jspecify.annotations.NullMarked;
