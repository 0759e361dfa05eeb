package dev.coracle.rootlesskit;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// Finds programs as a shell would.
final class Programs {
    private static final String USUAL_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private final String path;

    Programs(Optional<String> path) {
        this.path = path.filter(text -> !text.isEmpty()).orElse(USUAL_PATH);
    }

    /// A name with a slash is a path; others are looked up.
    Optional<Path> find(String name) {
        if (name.contains("/")) {
            return Optional.of(Path.of(name).toAbsolutePath()).filter(Programs::isProgram);
        }
        if (name.isEmpty()) {
            return Optional.empty();
        }
        for (var directory : path.split(":")) {
            var candidate = Path.of(directory.isEmpty() ? "." : directory, name).toAbsolutePath();
            if (isProgram(candidate)) {
                return Optional.of(candidate);
            }
        }
        return Optional.empty();
    }

    /// Also where an ordinary user's PATH does not lead.
    Optional<Path> findTool(String name) {
        return find(name).or(() -> new Programs(Optional.of(USUAL_PATH)).find(name));
    }

    private static boolean isProgram(Path path) {
        return Files.isRegularFile(path) && Files.isExecutable(path);
    }
}
