package dev.coracle.cli.containers;

import dev.coracle.base.EngineException;
import dev.coracle.cli.Session;
import dev.coracle.cli.Terminal;
import dev.coracle.cli.line.Arity;
import dev.coracle.cli.line.Command;
import dev.coracle.cli.line.Flag;
import dev.coracle.cli.line.Line;
import dev.coracle.engine.containers.ContainerView;
import dev.coracle.engine.containers.Stats;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// `stats`: what containers use, again and again.
public final class StatsCommand {
    private static final Duration TURN = Duration.ofSeconds(1);

    private StatsCommand() {}

    public static Command command() {
        return Command.of("stats", "[CONTAINER...]", "Display a live stream of what containers use")
                .flags(
                        Flag.bool("all", "Also containers that do not run").letter('a'),
                        Flag.bool("no-stream", "Show the first result only"),
                        Flag.bool("no-trunc", "Show everything in full"),
                        Flag.text("format", "table, json, or a Go template"))
                .takes(Arity.ANY)
                .does(StatsCommand::run);
    }

    private static int run(Session session, Line line) throws InterruptedException {
        var last = new HashMap<String, Stats>();
        var listing = StatsRow.listing(line.is("no-trunc"));
        chosen(session, line)
                .forEach(container -> measure(session, container).ifPresent(now -> last.put(now.id(), now)));
        do {
            Thread.sleep(TURN);
            var rows = rows(session, chosen(session, line), last);
            var text = listing.text(line.text("format"), false, rows);
            session.out().print(clear(session, line) + text);
            session.out().flush();
        } while (!line.is("no-stream"));
        return 0;
    }

    private static String clear(Session session, Line line) {
        var live = !line.is("no-stream") && session.terminal().isTerminal(Terminal.Stream.OUT);
        return live ? "\u001b[H\u001b[J" : "";
    }

    private static List<ContainerView> chosen(Session session, Line line) {
        if (!line.arguments().isEmpty()) {
            return line.arguments().stream()
                    .map(session.engine().containers()::get)
                    .toList();
        }
        return session.engine().containers().list().stream()
                .filter(container -> line.is("all") || container.state().isRunning())
                .toList();
    }

    private static List<StatsRow> rows(Session session, List<ContainerView> containers, Map<String, Stats> last) {
        var rows = new ArrayList<StatsRow>();
        for (var container : containers) {
            var now = measure(session, container);
            rows.add(StatsRow.of(container, now, now.flatMap(stats -> Optional.ofNullable(last.get(stats.id())))));
            now.ifPresent(stats -> last.put(stats.id(), stats));
        }
        return rows;
    }

    private static Optional<Stats> measure(Session session, ContainerView container) {
        if (!container.state().isRunning()) {
            return Optional.empty();
        }
        try {
            return Optional.of(session.engine().containers().stats(container.id()));
        } catch (EngineException.NotFound | EngineException.FailedPrecondition ended) {
            return Optional.empty();
        }
    }
}
