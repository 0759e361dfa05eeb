package dev.coracle.cli.images;

import dev.coracle.cli.Session;
import dev.coracle.cli.line.Arity;
import dev.coracle.cli.line.Command;
import dev.coracle.cli.line.Flag;
import dev.coracle.cli.line.Line;
import dev.coracle.cli.view.Listing;
import dev.coracle.cli.view.Units;
import dev.coracle.engine.images.Images;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;

/// `history`: the steps that made an image, the latest first.
public final class HistoryCommand {
    private static final int SHORT = 45;

    private HistoryCommand() {}

    public static Command command() {
        return Command.of("history", "IMAGE", "Show the history of an image")
                .flags(
                        Flag.text("format", "table, json, or a Go template").letter('f'),
                        Flag.bool("quiet", "Only show ids").letter('q'),
                        Flag.bool("human", "Sizes and times for people")
                                .letter('H')
                                .fallback("true"),
                        Flag.bool("no-trunc", "Show everything in full"))
                .takes(Arity.exactly(1))
                .does(HistoryCommand::run);
    }

    private record Row(String id, Images.Layer layer) {}

    private static int run(Session session, Line line) {
        var image = session.engine().images().get(line.argument(0));
        var layers = session.engine().images().history(line.argument(0)).reversed();
        var id = ImagesCommand.id(image);
        var shown = line.is("no-trunc") ? id : dev.coracle.cli.containers.ContainerText.shortId(id);
        var rows = java.util.stream.IntStream.range(0, layers.size())
                .mapToObj(i -> new Row(i == 0 ? shown : "<missing>", layers.get(i)))
                .toList();
        listing(session, line).show(session, line.text("format"), line.is("quiet"), rows);
        return 0;
    }

    private static Listing<Row> listing(Session session, Line line) {
        var human = line.is("human");
        return Listing.<Row>of("*formatter.historyContext")
                .column("ID", "IMAGE", Row::id)
                .column("CreatedAt", "CREATED AT", row -> row.layer().step().created())
                .column(
                        "CreatedSince",
                        "CREATED",
                        row -> human
                                ? Units.ago(
                                        session.now(), time(row.layer().step().created()))
                                : row.layer().step().created())
                .column("CreatedBy", "CREATED BY", row -> createdBy(row, line.is("no-trunc")))
                .column(
                        "Size",
                        "SIZE",
                        row -> human
                                ? Units.size(row.layer().bytes())
                                : Long.toString(row.layer().bytes()))
                .column("Comment", "COMMENT", row -> row.layer().step().comment())
                .identity("ID")
                .table("{{.ID}}\t{{.CreatedSince}}\t{{.CreatedBy}}\t{{.Size}}\t{{.Comment}}");
    }

    private static String createdBy(Row row, boolean whole) {
        var text = row.layer().step().createdBy().replace('\t', ' ');
        return whole || text.codePointCount(0, text.length()) <= SHORT
                ? text
                : text.substring(0, text.offsetByCodePoints(0, SHORT - 1)) + "…";
    }

    private static Instant time(String text) {
        try {
            return text.isEmpty() ? Instant.EPOCH : OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeParseException unknown) {
            return Instant.EPOCH;
        }
    }
}
