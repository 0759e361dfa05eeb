package dev.coracle.cli.system;

import dev.coracle.cli.Session;
import dev.coracle.cli.line.Command;
import dev.coracle.cli.line.Flag;
import dev.coracle.cli.line.Line;
import dev.coracle.cli.view.Filters;
import dev.coracle.cli.view.Listing;
import dev.coracle.cli.view.Units;
import dev.coracle.engine.system.DiskUse;
import java.util.Set;

/// `system df` and `system prune`.
public final class SystemCommands {
    private SystemCommands() {}

    public static Command df() {
        return Command.of("df", "", "Show how much disk is taken")
                .flags(
                        Flag.text("format", "table, json, or a Go template"),
                        Flag.bool("verbose", "Without effect").letter('v'))
                .does((session, line) -> {
                    listing()
                            .show(
                                    session,
                                    line.text("format"),
                                    false,
                                    session.engine().system().diskUse().kinds());
                    return 0;
                });
    }

    private static Listing<DiskUse.Kind> listing() {
        return Listing.<DiskUse.Kind>of("*formatter.diskUsageContext")
                .column("Type", "TYPE", DiskUse.Kind::name)
                .column("TotalCount", "TOTAL", kind -> Integer.toString(kind.total()))
                .column("Active", "ACTIVE", kind -> Integer.toString(kind.active()))
                .column("Size", "SIZE", kind -> Units.size(kind.bytes()))
                .column("Reclaimable", "RECLAIMABLE", SystemCommands::reclaimable)
                .table("{{.Type}}\t{{.TotalCount}}\t{{.Active}}\t{{.Size}}\t{{.Reclaimable}}");
    }

    private static String reclaimable(DiskUse.Kind kind) {
        var share = kind.bytes() > 0 ? " (" + 100 * kind.reclaimable() / kind.bytes() + "%)" : "";
        return Units.size(kind.reclaimable()) + share;
    }

    public static Command prune() {
        return Command.of("prune", "", "Remove what nobody uses")
                .flags(
                        Flag.bool("all", "Also images that have a name, but no container")
                                .letter('a'),
                        Flag.bool("volumes", "Also anonymous volumes"),
                        Flag.bool("force", "Do not ask").letter('f'),
                        Filters.flag("Only things of which this holds (until=, label=)"))
                .does(SystemCommands::prune);
    }

    private static int prune(Session session, Line line) {
        var filter = Filters.of(line, Set.of("until", "label", "label!")).prune(session.now());
        var warning =
                "This will remove:\n  - all stopped containers\n  - all networks not used by at least one container\n"
                        + (line.is("volumes") ? "  - all anonymous volumes not used by at least one container\n" : "")
                        + (line.is("all")
                                ? "  - all images without at least one container associated to them\n"
                                : "  - all dangling images\n");
        if (!session.confirm(warning, line.is("force"))) {
            return 0;
        }
        var before = session.engine().system().diskUse().kinds().stream()
                .mapToLong(DiskUse.Kind::bytes)
                .sum();
        var containers = session.engine().containers().prune(filter);
        section(session, "Deleted Containers:", containers.ids());
        section(session, "Deleted Networks:", session.engine().networks().prune(filter));
        if (line.is("volumes")) {
            section(
                    session,
                    "Deleted Volumes:",
                    session.engine().volumes().prune(false, filter).names());
        }
        section(
                session,
                "Deleted Images:",
                session.engine().images().prune(line.is("all"), filter).stream()
                        .map(removal -> (removal.untagged() ? "untagged: " : "deleted: ") + removal.text())
                        .toList());
        var after = session.engine().system().diskUse().kinds().stream()
                .mapToLong(DiskUse.Kind::bytes)
                .sum();
        session.out().line("Total reclaimed space: " + Units.size(Math.max(0, before - after)));
        return 0;
    }

    private static void section(Session session, String heading, java.util.List<String> names) {
        if (!names.isEmpty()) {
            session.out().line(heading);
            session.lines(names);
            session.out().line("");
        }
    }
}
