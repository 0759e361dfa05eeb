/// What pruning is limited to, for every noun alike.
@NullMarked
package dev.coracle.engine.filters;

import org.jspecify.annotations.NullMarked;
