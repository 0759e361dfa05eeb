package dev.coracle.runtime;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What the runtime needs to know about the machine; found out once, by the program's main.
///
/// @param root below it lives what may be kept over a reboot
/// @param state below it are the bundles; on a file system that is emptied at boot
/// @param conmon the program that stays with each process; empty when there is none, which creation then says
/// @param runtime crun or runc, whichever is preferred here
/// @param searchPath where a runtime that a client names (`runc`) is looked for
/// @param environment what conmon and the runtime are started with: `PATH`, and for control groups by systemd
///     `XDG_RUNTIME_DIR` and `DBUS_SESSION_BUS_ADDRESS`
public record RuntimeSettings(
        Path root,
        Path state,
        Optional<Path> conmon,
        Optional<Path> runtime,
        List<Path> searchPath,
        Map<String, String> environment) {
    public RuntimeSettings {
        searchPath = List.copyOf(searchPath);
        environment = Map.copyOf(environment);
    }
}
