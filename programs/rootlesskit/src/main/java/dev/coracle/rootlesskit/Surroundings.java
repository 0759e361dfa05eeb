package dev.coracle.rootlesskit;

import java.nio.file.Path;
import java.util.ArrayList;
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

    /// The words that start a program of ours beside the command. This process runs for milliseconds and is
    /// interpreted;
    /// that one moves bytes for days.
    List<String> longRunning(Class<?> main) {
        var words = new ArrayList<String>();
        for (var word : javaWords) {
            if (word.equals("-Xint")) {
                words.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:CICompilerCount=1"));
            } else {
                words.add(word);
            }
        }
        words.add(main.getName());
        return List.copyOf(words);
    }
}
