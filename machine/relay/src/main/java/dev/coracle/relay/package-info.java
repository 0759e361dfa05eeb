/// Bytes forwarded between sockets of two network namespaces: accepted here, connected there. No
/// thread per port or connection; nothing is copied through the JVM where the kernel can move it.
///
/// A [Relay] is one or two threads that live in the namespace of the targets. What they listen on is opened by others,
/// anywhere, and handed in as a descriptor: a socket stays in the namespace it was opened in. So neither side asks the
/// other for anything while connections come and go.
@NullMarked
package dev.coracle.relay;

import org.jspecify.annotations.NullMarked;
