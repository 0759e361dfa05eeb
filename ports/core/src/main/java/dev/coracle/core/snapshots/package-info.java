/// Snapshots: a tree of file systems by key and parent, and the directories behind them.
@NullMarked
package dev.coracle.core.snapshots;

import org.jspecify.annotations.NullMarked;
