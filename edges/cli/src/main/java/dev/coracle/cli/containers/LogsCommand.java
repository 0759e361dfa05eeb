package dev.coracle.cli.containers;

import dev.coracle.cli.Session;
import dev.coracle.cli.line.Arity;
import dev.coracle.cli.line.Command;
import dev.coracle.cli.line.Flag;
import dev.coracle.cli.line.Line;
import dev.coracle.cli.line.UsageFailure;
import dev.coracle.cli.view.Filters;
import dev.coracle.engine.containers.LogLine;
import dev.coracle.engine.containers.LogQuery;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.stream.Collectors;

/// `logs`.
public final class LogsCommand {
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSSSSS'Z'").withZone(ZoneOffset.UTC);

    private LogsCommand() {}

    public static Command command() {
        return Command.of("logs", "CONTAINER", "Fetch the logs of a container")
                .flags(
                        Flag.bool("follow", "Go on as long as the container runs")
                                .letter('f'),
                        Flag.bool("timestamps", "Show when each line was written")
                                .letter('t'),
                        Flag.bool("details", "Show the labels that the log was asked to keep"),
                        Flag.text("since", "Only what was written after a time, or so long ago (10m)"),
                        Flag.text("until", "Only what was written before a time, or so long ago (10m)"),
                        Flag.text("tail", "Only so many of the last lines")
                                .letter('n')
                                .fallback("all"))
                .takes(Arity.exactly(1))
                .does(LogsCommand::run);
    }

    private static int run(Session session, Line line) throws InterruptedException {
        var container = session.engine().containers().get(line.argument(0));
        var since = line.text("since");
        var until = line.text("until");
        var query = new LogQuery(
                since.isEmpty() ? Instant.MIN : Filters.time(since, session.now()),
                until.isEmpty() ? Instant.MAX : Filters.time(until, session.now()),
                tail(line.text("tail")),
                line.is("follow"));
        var details = line.is("details")
                ? details(container.options().log().options().getOrDefault("labels", ""), session, container.id())
                : "";
        session.engine().containers().logs(container.id(), query, entry -> {
            var prefix = (line.is("timestamps") ? STAMP.format(entry.time()) + " " : "") + details;
            write(session, entry, prefix, line.is("follow"));
        });
        return 0;
    }

    private static int tail(String text) {
        if (text.equals("all") || text.isEmpty()) {
            return -1;
        }
        if (!text.matches("[0-9]{1,9}")) {
            throw UsageFailure.of("invalid value for \"tail\": " + text + " is neither \"all\" nor a number");
        }
        return Integer.parseInt(text);
    }

    private static String details(String wanted, Session session, String id) {
        var labels = session.engine().containers().get(id).labels();
        return java.util.stream.Stream.of(wanted.split(","))
                        .filter(labels::containsKey)
                        .map(key -> key + "=" + labels.get(key))
                        .collect(Collectors.joining(","))
                + " ";
    }

    private static void write(Session session, LogLine entry, String prefix, boolean atOnce) throws IOException {
        var out = entry.isError() ? session.err() : session.out();
        if (!prefix.isEmpty()) {
            out.bytes().write(prefix.getBytes(StandardCharsets.UTF_8));
        }
        out.bytes().write(entry.bytes());
        if (atOnce) {
            out.flush();
        }
    }
}
