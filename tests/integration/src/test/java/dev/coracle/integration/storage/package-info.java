/// Snapshots and layers with real mounts, inside a user namespace as the daemon has it. The
/// classes named `...Inside` run there; their results are those of [StorageTest].
@NullMarked
package dev.coracle.integration.storage;

import org.jspecify.annotations.NullMarked;
