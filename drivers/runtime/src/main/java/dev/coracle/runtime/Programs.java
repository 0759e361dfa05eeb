package dev.coracle.runtime;

import dev.coracle.base.EngineException.FailedPrecondition;
import dev.coracle.base.EngineException.Unknown;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// The programs that are used here, and what has been found out about them.
final class Programs {
    private final RuntimeSettings settings;
    private final OciRuntime oci;
    private final Map<Path, Boolean> crun = new ConcurrentHashMap<>();

    Programs(RuntimeSettings settings, OciRuntime oci) {
        this.settings = settings;
        this.oci = oci;
    }

    Path conmon() {
        return settings.conmon()
                .orElseThrow(() -> new FailedPrecondition("run a container: there is no conmon on this machine")
                        .remedy("apt install conmon"));
    }

    /// The runtime a client names: a path, or a name to search for; none for the machine's.
    Path runtime(String binaryName) {
        if (binaryName.isEmpty()) {
            return settings.runtime()
                    .orElseThrow(() -> new FailedPrecondition(
                                    "run a container: there is neither crun nor runc on this machine")
                            .remedy("apt install crun"));
        }
        if (binaryName.contains("/")) {
            return executable(Path.of(binaryName), binaryName);
        }
        return settings.searchPath().stream()
                .map(directory -> directory.resolve(binaryName))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> missing(binaryName));
    }

    private static Path executable(Path path, String name) {
        if (!path.isAbsolute() || !Files.isExecutable(path)) {
            throw missing(name);
        }
        return path;
    }

    private static RuntimeException missing(String name) {
        return new FailedPrecondition("run a container with \"" + name + "\": no such program")
                .remedy("name an installed OCI runtime, or leave the choice to the daemon");
    }

    boolean isCrun(Path program) {
        var known = crun.get(program);
        if (known != null) {
            return known;
        }
        try {
            var answer = oci.isCrun(program);
            crun.put(program, answer);
            return answer;
        } catch (IOException failure) {
            throw new Unknown("ask " + program + " for its version: " + failure.getMessage(), failure);
        }
    }
}
