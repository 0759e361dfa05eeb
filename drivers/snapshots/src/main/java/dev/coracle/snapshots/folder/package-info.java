/// What the drivers of this room have in common: a folder of numbered directories that appear
/// and go in one step, and the disk they take.
@NullMarked
package dev.coracle.snapshots.folder;

import org.jspecify.annotations.NullMarked;
