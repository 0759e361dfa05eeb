/// The engine with real drivers and real containers, in a user and mount namespace of its own.
@NullMarked
package dev.coracle.integration.engine;

import org.jspecify.annotations.NullMarked;
