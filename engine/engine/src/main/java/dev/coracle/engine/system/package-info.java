/// What concerns the whole engine: its state, its disk use, pruning.
@NullMarked
package dev.coracle.engine.system;

import org.jspecify.annotations.NullMarked;
