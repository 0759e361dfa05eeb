/// A client of containerd's API: the connection, content, images, snapshots and tasks of one
/// namespace, and the work containerd leaves to its clients (unpacking, specifications, stdio).
@NullMarked
package dev.coracle.commands.client;

import org.jspecify.annotations.NullMarked;
