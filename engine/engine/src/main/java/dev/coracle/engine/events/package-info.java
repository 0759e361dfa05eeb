/// What happened, in the shape Docker's clients know.
@NullMarked
package dev.coracle.engine.events;

import org.jspecify.annotations.NullMarked;
