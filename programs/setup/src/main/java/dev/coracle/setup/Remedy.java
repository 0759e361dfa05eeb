package dev.coracle.setup;

import java.util.List;

/// What helps against something that a probe found.
///
/// @param hint a sentence for a person; may be empty where the commands say it all
/// @param packages programs' packages, by their Debian names
/// @param commands what root has to run, line by line
record Remedy(String hint, List<String> packages, List<String> commands) {
    static final Remedy NONE = new Remedy("", List.of(), List.of());

    Remedy {
        packages = List.copyOf(packages);
        commands = List.copyOf(commands);
    }

    static Remedy hint(String hint) {
        return new Remedy(hint, List.of(), List.of());
    }

    static Remedy install(String debianPackage) {
        return new Remedy("", List.of(debianPackage), List.of());
    }

    static Remedy root(String... commands) {
        return new Remedy("", List.of(), List.of(commands));
    }

    Remedy with(String otherHint) {
        return new Remedy(otherHint, packages, commands);
    }
}
