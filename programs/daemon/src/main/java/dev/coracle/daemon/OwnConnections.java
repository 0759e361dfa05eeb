package dev.coracle.daemon;

import dev.coracle.commands.Connections;
import dev.coracle.commands.client.Connection;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Connections for commands that run in this daemon: one to its own socket, made when the first
/// command wants it and shared by all.
///
/// A client finds us beside the address it was given, so the name of the file says whether it means
/// our socket, by whatever path it sees it.
final class OwnConnections implements Connections, AutoCloseable {
    private final Path socket;
    private @Nullable Connection shared;

    OwnConnections(Path socket) {
        this.socket = socket;
    }

    @Override
    public Connection open(Path address, String namespace) {
        return address.endsWith(socket.getFileName()) ? shared().in(namespace) : Connection.open(address, namespace);
    }

    private synchronized Connection shared() {
        var open = shared == null ? Connection.open(socket, "default") : shared;
        shared = open;
        return open;
    }

    @Override
    public synchronized void close() {
        if (shared != null) {
            shared.close();
        }
    }
}
