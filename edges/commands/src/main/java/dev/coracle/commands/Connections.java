package dev.coracle.commands;

import dev.coracle.commands.client.Connection;
import java.nio.file.Path;

/// Opens connections to daemons.
public interface Connections {
    /// Opens the socket at an address, in a namespace.
    ///
    /// @throws dev.coracle.base.EngineException.Unavailable when there is none
    Connection open(Path address, String namespace);
}
