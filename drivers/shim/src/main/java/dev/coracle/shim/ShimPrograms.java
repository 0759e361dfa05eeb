package dev.coracle.shim;

import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.base.EngineException.NotFound;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// From the name of a runtime to the program of its shim: an absolute path is the program; of
/// `io.containerd.runc.v2` the last two words make `containerd-shim-runc-v2`, which is looked for
/// on the path.
final class ShimPrograms {
    private static final Pattern NAME = Pattern.compile("(?:[A-Za-z0-9_-]+\\.)+([A-Za-z0-9_-]+)\\.([A-Za-z0-9_-]+)");

    private ShimPrograms() {}

    static Optional<String> programName(String runtime) {
        var parts = NAME.matcher(runtime);
        return parts.matches()
                ? Optional.of("containerd-shim-" + parts.group(1) + "-" + parts.group(2))
                : Optional.empty();
    }

    static Path find(String runtime, List<Path> searchPath) {
        if (runtime.startsWith("/")) {
            var program = Path.of(runtime).normalize();
            if (!Files.isExecutable(program) || Files.isDirectory(program)) {
                throw new NotFound("runtime \"" + runtime + "\": there is no such program")
                        .remedy("name an installed shim by its absolute path");
            }
            return program;
        }
        var name = programName(runtime)
                .orElseThrow(() -> new InvalidArgument("runtime \"" + runtime
                        + "\" is neither a name like io.containerd.runc.v2 nor the absolute path of a shim"));
        return searchPath.stream()
                .map(folder -> folder.resolve(name))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new NotFound("runtime \"" + runtime + "\": there is no " + name + " on the path")
                        .remedy("install " + name + ", or name the shim by its absolute path"));
    }
}
