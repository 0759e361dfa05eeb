package dev.coracle.cli.volumes;

import dev.coracle.cli.Session;
import dev.coracle.cli.containers.ContainerText;
import dev.coracle.cli.line.Command;
import dev.coracle.cli.line.Flag;
import dev.coracle.cli.line.Line;
import dev.coracle.cli.line.UsageFailure;
import dev.coracle.cli.line.Values;
import dev.coracle.cli.view.Filters;
import dev.coracle.cli.view.Listing;
import dev.coracle.cli.view.Units;
import dev.coracle.engine.volumes.Volume;
import java.util.Set;

/// `volume ls`.
final class VolumeList {
    private VolumeList() {}

    static Command command() {
        return Command.of("ls", "", "List volumes")
                .alias("list")
                .flags(
                        Filters.flag("Only volumes of which this holds"),
                        Flag.text("format", "table, json, or a Go template"),
                        Flag.bool("size", "Show sizes").letter('s'),
                        Flag.bool("quiet", "Only show names").letter('q'))
                .does(VolumeList::run);
    }

    private static int run(Session session, Line line) {
        var filters = Filters.of(line, Set.of("label", "name", "dangling", "driver", "size"));
        var volumes = session.engine().volumes();
        var shown = volumes.list().stream()
                .filter(volume -> filters.any("name", volume.name()::contains))
                .filter(volume -> filters.any("driver", "local"::equals))
                .filter(volume -> filters.any(
                        "dangling",
                        text -> Filters.bool("dangling", text)
                                == volumes.users(volume.name()).isEmpty()))
                .filter(volume -> filters.labels(volume.labels()))
                .filter(volume ->
                        filters.of("size").stream().allMatch(text -> compares(volumes.size(volume.name()), text)))
                .toList();
        listing(session, line.is("size")).show(session, line.text("format"), line.is("quiet"), shown);
        return 0;
    }

    /// `>=10m`, `<5`, `=0`.
    private static boolean compares(long size, String text) {
        var operator = text.replaceFirst("[^<>=].*", "");
        var limit = Values.bytes(text.substring(operator.length()));
        return switch (operator) {
            case ">" -> size > limit;
            case ">=" -> size >= limit;
            case "<" -> size < limit;
            case "<=" -> size <= limit;
            case "", "=" -> size == limit;
            default -> throw UsageFailure.of("invalid filter 'size=" + text + "'");
        };
    }

    private static Listing<Volume> listing(Session session, boolean size) {
        return Listing.<Volume>of("*formatter.volumeContext")
                .column("Name", "VOLUME NAME", Volume::name)
                .column("Driver", "DRIVER", _ -> "local")
                .column("Scope", "SCOPE", _ -> "local")
                .column(
                        "Mountpoint",
                        "MOUNTPOINT",
                        volume -> volume.mountpoint().toString())
                .column("Labels", "LABELS", volume -> ContainerText.labels(volume.labels()))
                .column(
                        "Links",
                        "LINKS",
                        volume -> Integer.toString(
                                session.engine().volumes().users(volume.name()).size()))
                .column(
                        "Size",
                        "SIZE",
                        volume -> size ? Units.size(session.engine().volumes().size(volume.name())) : "N/A")
                .labels((volume, key) -> volume.labels().getOrDefault(key, ""))
                .identity("Name")
                .table("{{.Driver}}\t{{.Name}}" + (size ? "\t{{.Size}}" : ""));
    }
}
