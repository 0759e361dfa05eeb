/// Content: immutable blobs by digest, and ingests, the resumable writes that become blobs.
@NullMarked
package dev.coracle.core.content;

import org.jspecify.annotations.NullMarked;
