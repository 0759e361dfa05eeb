/// Events: what happened, to whom it may concern; no replay.
@NullMarked
package dev.coracle.core.events;

import org.jspecify.annotations.NullMarked;
