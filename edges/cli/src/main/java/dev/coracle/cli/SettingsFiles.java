package dev.coracle.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// What files say for all commands: the one that `NERDCTL_TOML` names, and no other; else the person's own below the
/// configuration directory, then the machine's. Of a key that both have, the person's own counts.
record SettingsFiles(List<SettingsFile> files) {
    SettingsFiles {
        files = List.copyOf(files);
    }

    /// @param machines the file for everybody on this machine
    static SettingsFiles read(Invocation invocation, Path machines) throws IOException {
        var named = invocation.variable("NERDCTL_TOML");
        if (!named.isEmpty()) {
            return new SettingsFiles(List.of(SettingsFile.read(invocation.path(named))));
        }
        var own = SettingsFile.configuration(invocation).resolve("nerdctl").resolve("nerdctl.toml");
        return new SettingsFiles(List.of(SettingsFile.read(own), SettingsFile.read(machines)));
    }

    private Optional<SettingsFile> having(String key) {
        return files.stream().filter(file -> file.values().containsKey(key)).findFirst();
    }

    List<String> texts(String key) {
        return having(key).map(file -> file.texts(key)).orElse(List.of());
    }

    boolean is(String key) {
        return texts(key).contains("true");
    }

    /// The file that has the key, by its name.
    String nameOf(String key) {
        return having(key).map(SettingsFile::name).orElse("nerdctl.toml");
    }
}
