package dev.coracle.daemon;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/// The shell loop that starts the daemon again when it dies (`libexec/supervise`), if there is one: the two tell each
/// other by files in its folder.
final class Supervisor {
    private final Optional<Path> folder;

    Supervisor(Optional<Path> folder) {
        this.folder = folder;
    }

    /// Where clients look for a daemon whose address they have not been told.
    Optional<Path> folder() {
        return folder;
    }

    /// Tells where the daemon serves, until the returned is closed.
    AutoCloseable serving(Path address) throws StartException {
        if (folder.isEmpty()) {
            return () -> {};
        }
        var file = folder.get().resolve("address");
        var half = folder.get().resolve("address.new");
        try {
            Files.writeString(half, address + "\n");
            Files.move(half, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new StartException("write " + file + ": " + Directories.reason(e), "", e);
        }
        return () -> Files.deleteIfExists(file);
    }

    /// Whether another daemon follows when this one ends, inside the same service.
    boolean startsAnother() {
        return folder.isPresent() && !isEnding();
    }

    /// Whether the engine ends as a whole, and its containers with it: they live in the supervisor's namespaces.
    boolean isEnding() {
        return folder.filter(place -> Files.exists(place.resolve("ending"))).isPresent();
    }
}
