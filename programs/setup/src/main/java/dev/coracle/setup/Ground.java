package dev.coracle.setup;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The machine as an account sees it.
///
/// @param root where its files are: `/`, or a folder that looks like it
/// @param environment the account's variables
record Ground(Path root, Account account, Map<String, String> environment) {
    private static final int LARGEST = 1 << 20;
    private static final String USUAL_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    Ground {
        environment = Map.copyOf(environment);
    }

    /// Whose engine it is or will be.
    record Account(String name, long uid, long gid) {}

    Path at(String path) {
        return root.resolve(path.substring(path.startsWith("/") ? 1 : 0));
    }

    /// A file's path as programs on the machine would name it.
    String named(Path file) {
        return "/" + root.relativize(file);
    }

    boolean isThere(String path) {
        return Files.exists(at(path));
    }

    /// The content of a small file, without the white space around it.
    Optional<String> text(String path) {
        // by one large read: the kernel ends a number behind the first, and the JDK begins with one of a single byte
        try (var file = Files.newInputStream(at(path))) {
            return Optional.of(new String(file.readNBytes(LARGEST), StandardCharsets.UTF_8).strip());
        } catch (IOException _) {
            return Optional.empty(); // not there or not ours to read: the kernel has no such setting for us
        }
    }

    List<String> lines(String path) {
        return text(path).map(text -> text.lines().toList()).orElse(List.of());
    }

    Optional<String> sysctl(String name) {
        return text("/proc/sys/" + name.replace('.', '/'));
    }

    Optional<String> variable(String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isEmpty());
    }

    Path home() {
        return Path.of(variable("HOME").orElse("/"));
    }

    /// One of the user's folders, by the variable that names it or its usual place below the home.
    Path folder(String variable, String usual) {
        return variable(variable).map(Path::of).orElse(home().resolve(usual));
    }

    Path dataFolder() {
        return folder("XDG_DATA_HOME", ".local/share").resolve("containerd");
    }

    Path configFolder() {
        return folder("XDG_CONFIG_HOME", ".config");
    }

    Path runtimeFolder() {
        return Path.of(variable("XDG_RUNTIME_DIR").orElse("/run/user/" + account.uid()));
    }

    /// A program on the account's path or where the distribution has it.
    Optional<Path> program(String name) {
        for (var folder : (variable("PATH").orElse("") + ":" + USUAL_PATH).split(":")) {
            if (folder.startsWith("/")) {
                var file = at(folder).resolve(name);
                if (Files.isRegularFile(file) && Files.isExecutable(file)) {
                    return Optional.of(file);
                }
            }
        }
        return Optional.empty();
    }
}
