/// The snapshotter `native`: every snapshot is a whole tree, copied from its parent. It works on
/// any file system and any kernel; where the file system shares blocks a copy costs little.
@NullMarked
package dev.coracle.snapshots.nativefs;

import org.jspecify.annotations.NullMarked;
