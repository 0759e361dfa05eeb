/// Namespaces: administrative partitions of everything but the blobs on disk. Not a security
/// boundary.
@NullMarked
package dev.coracle.core.namespaces;

import org.jspecify.annotations.NullMarked;
