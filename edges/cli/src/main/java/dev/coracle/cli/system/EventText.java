package dev.coracle.cli.system;

import dev.coracle.engine.events.EngineEvent;
import dev.coracle.gotemplate.GoStruct;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Events as docker prints them.
final class EventText {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSSSSSXXX");

    private EventText() {}

    static String line(EngineEvent event, ZoneId zone) {
        var attributes = new TreeMap<>(event.attributes())
                .entrySet().stream()
                        .map(attribute -> attribute.getKey() + "=" + attribute.getValue())
                        .collect(Collectors.joining(", "));
        return TIME.format(event.time().atZone(zone)) + " " + event.type() + " " + event.action() + " " + event.actor()
                + (attributes.isEmpty() ? "" : " (" + attributes + ")");
    }

    static GoStruct struct(EngineEvent event) {
        var nanos = java.time.temporal.ChronoUnit.NANOS.between(java.time.Instant.EPOCH, event.time());
        var builder = GoStruct.of("events.Message");
        if (event.type().equals("container")) {
            builder.put("Status", "status", event.action())
                    .put("ID", "id", event.actor())
                    .put("From", "from", event.attributes().getOrDefault("image", ""));
        }
        return builder.put("Type", event.type())
                .put("Action", event.action())
                .put(
                        "Actor",
                        GoStruct.of("events.Actor")
                                .put("ID", event.actor())
                                .put("Attributes", new TreeMap<>(event.attributes()))
                                .build())
                .put("Scope", "scope", "local")
                .put("Time", "time", event.time().getEpochSecond())
                .put("TimeNano", "timeNano", nanos)
                .build();
    }
}
