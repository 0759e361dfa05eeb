package dev.coracle.coracle;

import dev.coracle.linux.ErrnoException;
import dev.coracle.linux.FileName;
import dev.coracle.linux.FileStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Where a daemon may take commands: the socket `coracle.sock` beside the one of its API.
final class Whereabouts {
    private static final String NAME = "coracle.sock";
    private static final Path EVERYBODYS = Path.of("/run/containerd");

    private final Map<String, String> environment;
    private final Path directory;
    private final long uid;

    Whereabouts(Map<String, String> environment, Path directory, long uid) {
        this.environment = environment;
        this.directory = directory;
        this.uid = uid;
    }

    /// The socket of the API that the person has named, or that this program means by default.
    Optional<Path> named(CommandLine line) {
        return line.address()
                .or(() -> variable("CONTAINERD_ADDRESS"))
                .or(() -> line.isCtr() ? Optional.of("/run/containerd/containerd.sock") : Optional.empty())
                .map(address -> directory.resolve(address.replaceFirst("^unix://", "")));
    }

    /// The places to try, the likeliest first.
    List<Path> sockets(CommandLine line) {
        var named = named(line);
        if (named.isPresent()) {
            return List.of(named.get().resolveSibling(NAME));
        }
        var places = new ArrayList<Path>();
        var runtime = runtime();
        if (isOurs(runtime)) {
            places.add(runtime.resolve("containerd"));
            inside(runtime.resolve("containerd-rootless")).ifPresent(places::add);
            inside(runtime.resolve("rootlesskit-containerd")).ifPresent(places::add);
        }
        places.add(EVERYBODYS);
        return places.stream().map(place -> place.resolve(NAME)).toList();
    }

    private Optional<String> variable(String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isEmpty());
    }

    private Path runtime() {
        var given = variable("XDG_RUNTIME_DIR");
        if (given.isPresent()) {
            return directory.resolve(given.get());
        }
        var login = Path.of("/run/user/" + uid);
        return isPrivate(login) ? login : Path.of("/tmp/coracle-" + uid);
    }

    private boolean isPrivate(Path folder) {
        try {
            var status = FileStatus.of(FileName.of(folder));
            return status.owner() == uid && status.permissions() == 0700;
        } catch (ErrnoException absent) {
            return false;
        }
    }

    /// Nobody else may put a socket there for us to find.
    private boolean isOurs(Path folder) {
        try {
            return FileStatus.of(FileName.of(folder.toRealPath())).owner() == uid;
        } catch (IOException absent) {
            return false;
        }
    }

    private static Optional<Path> inside(Path state) {
        try {
            var pid = Files.readString(state.resolve("child_pid")).strip();
            return pid.matches("[0-9]{1,10}")
                    ? Optional.of(Path.of("/proc/" + pid + "/root/run/containerd"))
                    : Optional.empty();
        } catch (IOException absent) {
            return Optional.empty();
        }
    }
}
