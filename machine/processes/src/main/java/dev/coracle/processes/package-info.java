/// The only starter of child processes.
@NullMarked
package dev.coracle.processes;

import org.jspecify.annotations.NullMarked;
