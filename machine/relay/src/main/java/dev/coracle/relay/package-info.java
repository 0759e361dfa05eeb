/// Bytes forwarded between sockets of two network namespaces: accepted here, connected there. No
/// thread per port or connection; nothing is copied through the JVM where the kernel can move it.
@NullMarked
package dev.coracle.relay;

import org.jspecify.annotations.NullMarked;
