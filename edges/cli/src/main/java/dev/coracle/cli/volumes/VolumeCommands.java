package dev.coracle.cli.volumes;

import dev.coracle.base.EngineException.NotFound;
import dev.coracle.cli.Session;
import dev.coracle.cli.containers.KeyValues;
import dev.coracle.cli.line.Arity;
import dev.coracle.cli.line.Command;
import dev.coracle.cli.line.Flag;
import dev.coracle.cli.line.Line;
import dev.coracle.cli.line.UsageFailure;
import dev.coracle.cli.view.Filters;
import dev.coracle.cli.view.Inspection;
import dev.coracle.cli.view.Units;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// `volume create`, `inspect`, `rm` and `prune`.
public final class VolumeCommands {
    private VolumeCommands() {}

    public static List<Command> all() {
        return List.of(create(), inspect(), VolumeList.command(), prune(), remove());
    }

    private static Command create() {
        return Command.of("create", "[VOLUME]", "Create a volume")
                .flags(
                        Flag.text("driver", "Driver of the volume").letter('d').fallback("local"),
                        Flag.each("opt", "Option of the driver").letter('o'),
                        Flag.text("name", "Name of the volume"),
                        Flag.each("label", "Label of the volume: key=value"))
                .takes(Arity.atMost(1))
                .does(VolumeCommands::create);
    }

    private static int create(Session session, Line line) throws IOException {
        if (!line.text("driver").equals("local")) {
            throw UsageFailure.of("--driver " + line.text("driver") + ": volumes are directories of the engine's");
        }
        if (line.has("opt")) {
            throw UsageFailure.of("--opt: volumes are directories of the engine's and have no options");
        }
        if (line.has("name") && !line.arguments().isEmpty()) {
            throw UsageFailure.of("conflicting options: cannot specify a volume-name through both --name and as a"
                    + " positional arg");
        }
        var name = line.arguments().isEmpty() ? line.text("name") : line.argument(0);
        session.out()
                .line(session.engine()
                        .volumes()
                        .create(name, KeyValues.labels(session, line, false))
                        .name());
        return 0;
    }

    private static Command inspect() {
        return Command.of("inspect", "VOLUME [VOLUME...]", "Return all that is known about volumes")
                .flags(
                        Flag.text("format", "json, or a Go template").letter('f'),
                        Flag.bool("size", "Show the size").letter('s'))
                .takes(Arity.atLeast(1))
                .does((session, line) -> Inspection.show(session, line.text("format"), line.arguments(), name -> {
                    var volume = session.engine().volumes().get(name);
                    var size = line.is("size")
                            ? Optional.of(session.engine().volumes().size(name))
                            : Optional.<Long>empty();
                    return VolumeJson.of(volume, size, session);
                }));
    }

    private static Command remove() {
        return Command.of("rm", "VOLUME [VOLUME...]", "Remove one or more volumes")
                .alias("remove")
                .flags(Flag.bool("force", "Do not mind a volume that is not there")
                        .letter('f'))
                .takes(Arity.atLeast(1))
                .does((session, line) -> session.each(line.arguments(), name -> {
                    try {
                        session.engine().volumes().remove(name);
                    } catch (NotFound missing) {
                        if (!line.is("force")) {
                            throw missing;
                        }
                    }
                    return name;
                }));
    }

    private static Command prune() {
        return Command.of("prune", "", "Remove volumes that no container uses")
                .flags(
                        Flag.bool("all", "Also those that have a name").letter('a'),
                        Flag.bool("force", "Do not ask").letter('f'),
                        Filters.flag("Only volumes of which this holds (label=)"))
                .does(VolumeCommands::prune);
    }

    private static int prune(Session session, Line line) {
        var filter = Filters.of(line, Set.of("label", "label!")).prune(session.now());
        var what = line.is("all") ? "all local volumes" : "anonymous local volumes";
        if (session.confirm("This will remove " + what + " not used by at least one container.", line.is("force"))) {
            var pruned = session.engine().volumes().prune(line.is("all"), filter);
            if (!pruned.names().isEmpty()) {
                session.out().line("Deleted Volumes:");
                session.lines(pruned.names());
                session.out().line("");
            }
            session.out().line("Total reclaimed space: " + Units.size(pruned.bytes()));
        }
        return 0;
    }
}
