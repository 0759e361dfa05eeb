/// The snapshotter `overlayfs`: every snapshot holds its own changes, and the kernel lays them
/// over those of its parents.
@NullMarked
package dev.coracle.snapshots.overlay;

import org.jspecify.annotations.NullMarked;
