package dev.coracle.daemon;

import dev.coracle.linux.ErrnoException;
import dev.coracle.linux.UnixDatagram;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// Tells systemd, when it wants to hear it, that the daemon is ready or about to stop (sd_notify).
final class Readiness {
    private static final System.Logger LOG = System.getLogger("dev.coracle.daemon");

    private final Optional<String> socket;

    Readiness(Optional<String> socket) {
        this.socket = socket.filter(address -> !address.isEmpty());
    }

    void ready() {
        tell("READY=1");
    }

    void stopping() {
        tell("STOPPING=1");
    }

    /// It stops, and takes this long for it.
    void stoppingWithin(Duration time) {
        tell("EXTEND_TIMEOUT_USEC=" + TimeUnit.MICROSECONDS.convert(time));
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
