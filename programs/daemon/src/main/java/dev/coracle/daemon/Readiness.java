package dev.coracle.daemon;

import dev.coracle.linux.ErrnoException;
import dev.coracle.linux.UnixDatagram;
import java.lang.System.Logger.Level;
import java.util.Optional;

/// Tells systemd, when it wants to hear it, that the daemon is ready or about to stop (sd_notify).
final class Readiness {
    private static final System.Logger LOG = System.getLogger("dev.coracle.daemon");

    private final Optional<String> socket;
    private final boolean supervised;

    /// @param supervised whether somebody starts the daemon again inside the same service, which then is not stopping
    Readiness(Optional<String> socket, boolean supervised) {
        this.socket = socket.filter(address -> !address.isEmpty());
        this.supervised = supervised;
    }

    void ready() {
        tell("READY=1");
    }

    void stopping() {
        if (!supervised) {
            tell("STOPPING=1");
        }
    }

    private void tell(String state) {
        if (socket.isEmpty()) {
            return;
        }
        try {
            UnixDatagram.send(socket.get(), state);
        } catch (ErrnoException e) {
            LOG.log(Level.WARNING, "notify systemd failed state=" + state + " error=" + e.getMessage());
        }
    }
}
