package dev.coracle.commands.ctr;

import dev.coracle.commands.line.UsageFailure;
import dev.coracle.oci.RuntimeSpec.IdMapping;
import java.util.List;
import java.util.stream.Collectors;

/// The values of `--uidmap` and `--gidmap`: `container:host:length`.
final class IdMappings {
    private IdMappings() {}

    static List<IdMapping> parse(List<String> texts) {
        return texts.stream().map(IdMappings::parse).toList();
    }

    private static IdMapping parse(String text) {
        var parts = text.split(":", -1);
        if (parts.length != 3 || !text.matches("[0-9]{1,10}:[0-9]{1,10}:[0-9]{1,10}")) {
            throw UsageFailure.of("id mapping \"" + text + "\" must be of the form container:host:length");
        }
        return new IdMapping(Long.parseLong(parts[0]), Long.parseLong(parts[1]), Long.parseLong(parts[2]));
    }

    /// The form in which a snapshotter's label carries them.
    static String label(List<IdMapping> mappings) {
        return mappings.stream()
                .map(mapping -> mapping.containerId() + ":" + mapping.hostId() + ":" + mapping.size())
                .collect(Collectors.joining(","));
    }
}
