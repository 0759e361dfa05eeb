/// Containers of one containerd namespace: from what somebody asks for to a process, and everything that is done with
/// it afterwards.
@NullMarked
package dev.coracle.engine.containers;

import org.jspecify.annotations.NullMarked;
