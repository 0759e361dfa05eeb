package dev.coracle.cli.system;

import dev.coracle.cli.Session;
import dev.coracle.cli.line.Command;
import dev.coracle.cli.line.Flag;
import dev.coracle.cli.line.Line;
import dev.coracle.cli.view.Filters;
import dev.coracle.cli.view.Inspection;
import dev.coracle.engine.events.EngineEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// `events`: what happens, as it happens.
public final class EventsCommand {
    private EventsCommand() {}

    public static Command command() {
        return Command.of("events", "", "Show what happens in the engine")
                .flags(
                        Filters.flag("Only events of which this holds"),
                        Flag.text("format", "json, or a Go template"),
                        Flag.text("since", "Also what happened after a time, or so long ago (10m)"),
                        Flag.text("until", "Only until a time, or so long ago (10m)"))
                .does(EventsCommand::run);
    }

    private static int run(Session session, Line line) throws InterruptedException {
        var filter = new EventFilter(Filters.of(line, EventFilter.KEYS));
        var events = session.engine().system().events();
        var until = line.has("until") ? Filters.time(line.text("until"), session.now()) : Instant.MAX;
        var queue = new LinkedBlockingQueue<EngineEvent>();
        var began = session.now();
        try (var _ = events.subscribe(queue::add)) {
            if (line.has("since")) {
                events.past(Filters.time(line.text("since"), began), until.isBefore(began) ? until : began)
                        .forEach(event -> show(session, line, filter, event));
            }
            while (session.now().isBefore(until)) {
                var event = queue.poll(wait(session.now(), until).toMillis(), TimeUnit.MILLISECONDS);
                if (event != null && !event.time().isAfter(until)) {
                    show(session, line, filter, event);
                }
            }
        }
        return 0;
    }

    private static Duration wait(Instant now, Instant until) {
        var most = Duration.ofMinutes(1);
        return until.isBefore(now.plus(most)) ? Duration.between(now, until).plusMillis(1) : most;
    }

    private static void show(Session session, Line line, EventFilter filter, EngineEvent event) {
        if (!filter.accepts(event)) {
            return;
        }
        var format = line.text("format");
        session.out()
                .line(
                        format.isEmpty()
                                ? EventText.line(event, session.host().zone())
                                : Inspection.one(format, EventText.struct(event)));
        session.out().flush();
    }

    /// `events --filter`.
    private record EventFilter(Filters filters) {
        static final Set<String> KEYS =
                Set.of("event", "type", "container", "image", "network", "volume", "label", "scope", "daemon");

        boolean accepts(EngineEvent event) {
            return filters.any("type", event.type()::equals)
                    && filters.any(
                            "event",
                            text -> event.action().equals(text)
                                    || event.action().startsWith(text + ":"))
                    && filters.any("scope", "local"::equals)
                    && about(event, "container")
                    && about(event, "image")
                    && about(event, "network")
                    && about(event, "volume")
                    && filters.labels(event.attributes());
        }

        private boolean about(EngineEvent event, String type) {
            return filters.any(
                    type,
                    text -> (event.type().equals(type)
                                    && (event.actor().startsWith(text)
                                            || text.equals(event.attributes().get("name"))))
                            || text.equals(event.attributes().get(type)));
        }
    }
}
