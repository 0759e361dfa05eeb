package dev.coracle.linux;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// A program to start with exactly these descriptors and nothing else of ours: default signal handling, nothing
/// blocked.
///
/// @param fds the child's descriptor numbers and what they are; all other numbers are closed
/// @param newSession whether it leaves our session and terminal
public record SpawnRequest(
        Path program,
        List<String> arguments,
        Map<String, String> environment,
        Path directory,
        SortedMap<Integer, Fd> fds,
        boolean newSession) {

    public SpawnRequest {
        arguments = List.copyOf(arguments);
        environment = Map.copyOf(environment);
        fds = new TreeMap<>(fds);
        if (arguments.isEmpty()) {
            throw new IllegalArgumentException("a program is started with at least its own name as argument");
        }
    }
}
