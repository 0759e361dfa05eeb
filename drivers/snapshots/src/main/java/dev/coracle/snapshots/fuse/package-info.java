/// The snapshotter `fuse-overlayfs`: the directories of `overlayfs`, laid over each other by a
/// program, for kernels that do not let a user namespace use overlayfs.
@NullMarked
package dev.coracle.snapshots.fuse;

import org.jspecify.annotations.NullMarked;
