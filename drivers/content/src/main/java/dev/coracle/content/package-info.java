/// Blobs in a directory. The room keeps bytes under their digest and half-written bytes under a
/// number, and makes one into the other so that neither a crash nor a loss of power leaves
/// something in between. It knows no namespaces, labels or leases: those are the metadata's.
@NullMarked
package dev.coracle.content;

import org.jspecify.annotations.NullMarked;
