package dev.coracle.daemon;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/// The user's systemd, as far as containers get their control groups from it.
///
/// @param controllers what it may limit
record UserSystemd(boolean isThere, Set<String> controllers) {
    private static final UserSystemd NONE = new UserSystemd(false, Set.of());

    UserSystemd {
        controllers = Set.copyOf(controllers);
    }

    /// There is one when it has its socket in the runtime directory, and control groups are version 2.
    static UserSystemd find(Environment environment, Path groups) {
        var runtime = environment.passed().getOrDefault("XDG_RUNTIME_DIR", "");
        var uid = environment.setting("ROOTLESSKIT_PARENT_EUID").orElse("");
        if (runtime.isEmpty()
                || !Files.exists(Path.of(runtime, "systemd", "private"))
                || !Files.exists(groups.resolve("cgroup.controllers"))) {
            return NONE;
        }
        var delegated = groups.resolve("user.slice/user-" + uid + ".slice/user@" + uid + ".service/cgroup.controllers");
        try {
            return new UserSystemd(
                    true, Set.of(Files.readString(delegated).strip().split("\\s+", -1)));
        } catch (IOException unknown) {
            return new UserSystemd(true, Set.of());
        }
    }

    String word() {
        return isThere ? "systemd" : "none";
    }
}
