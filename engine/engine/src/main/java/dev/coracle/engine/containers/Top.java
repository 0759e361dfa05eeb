package dev.coracle.engine.containers;

import java.util.List;

/// What `ps` said.
public record Top(List<String> titles, List<List<String>> processes) {
    public Top {
        titles = List.copyOf(titles);
        processes = List.copyOf(processes);
    }
}
