package dev.coracle.cli.containers;

import dev.coracle.cli.Session;
import dev.coracle.cli.line.Command;
import dev.coracle.cli.line.Flag;
import dev.coracle.cli.line.Line;
import dev.coracle.cli.view.Filters;
import dev.coracle.cli.view.Listing;
import dev.coracle.cli.view.Units;
import dev.coracle.engine.containers.ContainerView;
import java.util.List;

/// `ps`, `container ls`.
public final class PsCommand {
    private PsCommand() {}

    public static Command command() {
        return Command.of("ps", "", "List containers")
                .flags(
                        Flag.bool("all", "Also those that do not run").letter('a'),
                        Flag.whole("last", "Only so many of the newest, running or not")
                                .letter('n')
                                .fallback("-1"),
                        Flag.bool("latest", "Only the newest, running or not").letter('l'),
                        Flag.bool("no-trunc", "Show everything in full"),
                        Flag.bool("quiet", "Only show ids").letter('q'),
                        Flag.bool("size", "Show sizes").letter('s'),
                        Flag.text("format", "table, wide, json, or a Go template"),
                        Filters.flag("Only containers of which this holds"))
                .does(PsCommand::run);
    }

    private static int run(Session session, Line line) {
        var last = line.is("latest") ? 1 : line.number("last");
        var filter = new PsFilter(session, Filters.of(line, PsFilter.KEYS));
        var all = session.engine().containers().list();
        var shown = all.stream()
                .filter(container -> line.is("all")
                        || last > 0
                        || filter.choosesState()
                        || container.state().isRunning())
                .filter(container -> filter.accepts(container, all))
                .limit(last > 0 ? last : Long.MAX_VALUE)
                .toList();
        var format = line.text("format");
        listing(session, line.is("no-trunc"), line.is("size") || format.equals("wide"))
                .show(session, format, line.is("quiet"), shown);
        return 0;
    }

    static Listing<ContainerView> listing(Session session, boolean whole, boolean size) {
        var now = session.now();
        return Listing.<ContainerView>of("*formatter.ContainerContext")
                .column("ID", "CONTAINER ID", c -> whole ? c.id() : ContainerText.shortId(c.id()))
                .column("Image", "IMAGE", ContainerView::image)
                .column("Command", "COMMAND", c -> ContainerText.command(c, whole))
                .column(
                        "CreatedAt",
                        "CREATED AT",
                        c -> Units.time(c.createdAt(), session.host().zone()))
                .column("RunningFor", "CREATED", c -> Units.ago(now, c.createdAt()))
                .column("Status", "STATUS", c -> ContainerText.status(c.state(), now))
                .column("State", "STATE", c -> ContainerText.state(c.state()))
                .column("Ports", "PORTS", ContainerText::ports)
                .column("Names", "NAMES", ContainerText::name)
                .column("Labels", "LABELS", c -> ContainerText.labels(c.labels()))
                .column("Mounts", "MOUNTS", c -> ContainerText.mounts(c, whole))
                .column("LocalVolumes", "LOCAL VOLUMES", c -> Long.toString(volumes(c)))
                .column("Networks", "NETWORKS", c -> String.join(",", ContainerText.networks(c)))
                .column("Platform", "PLATFORM", c -> c.files().platform())
                .column("Runtime", "RUNTIME", c -> c.files().runtime())
                .column("Size", "SIZE", c -> size ? size(session, c) : "0B")
                .labels((c, key) -> c.labels().getOrDefault(key, ""))
                .identity("ID")
                .table("{{.ID}}\t{{.Image}}\t{{.Command}}\t{{.RunningFor}}\t{{.Status}}\t{{.Ports}}\t{{.Names}}"
                        + (size ? "\t{{.Size}}" : ""));
    }

    private static long volumes(ContainerView container) {
        return List.copyOf(container.mounts()).stream()
                .filter(mount -> mount.type().equals("volume"))
                .count();
    }

    private static String size(Session session, ContainerView container) {
        var size = session.engine().containers().size(container.id());
        return Units.size(size.changed()) + " (virtual " + Units.size(size.all()) + ")";
    }
}
