/// Containers: records that say what a task is to be. Nothing here runs.
@NullMarked
package dev.coracle.core.containers;

import org.jspecify.annotations.NullMarked;
