package dev.coracle.rootlesskit;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What the launcher finds around itself; read once, by main.
///
/// @param environment the caller's, for the command
/// @param javaWords how this JVM was started, up to the main class
/// @param inheritedSockets how many descriptors from 3 on a service manager gave us
record Surroundings(
        Map<String, String> environment,
        List<String> javaWords,
        Optional<EarlyChild> earlyChild,
        int inheritedSockets,
        String user,
        Path temporary) {
    Surroundings {
        environment = Map.copyOf(environment);
        javaWords = List.copyOf(javaWords);
    }

    Programs programs() {
        return new Programs(Optional.ofNullable(environment.get("PATH")));
    }
}
