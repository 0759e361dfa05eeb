package dev.coracle.cli.containers;

import dev.coracle.base.EngineException.NotFound;
import dev.coracle.cli.Session;
import dev.coracle.cli.images.ImageJson;
import dev.coracle.cli.images.NativeImageJson;
import dev.coracle.cli.line.Arity;
import dev.coracle.cli.line.Command;
import dev.coracle.cli.line.Flag;
import dev.coracle.cli.line.Line;
import dev.coracle.cli.line.UsageFailure;
import dev.coracle.cli.networks.NetworkJson;
import dev.coracle.cli.view.Inspection;
import dev.coracle.cli.volumes.VolumeJson;
import dev.coracle.engine.images.ImageDetails;
import dev.coracle.gotemplate.GoStruct;
import java.util.List;
import java.util.Optional;

/// `inspect` of anything, and `container inspect`.
public final class InspectCommand {
    private static final Flag MODE =
            Flag.text("mode", "Whose language: dockercompat or native").fallback("dockercompat");
    private static final Flag FORMAT =
            Flag.text("format", "json, or a Go template").letter('f');
    private static final Flag SIZE =
            Flag.bool("size", "Show the sizes of containers").letter('s');

    private InspectCommand() {}

    /// Of a container, an image, a network or a volume.
    public static Command command() {
        return Command.of("inspect", "NAME|ID [NAME|ID...]", "Return all that is known about something")
                .flags(FORMAT, MODE, SIZE, Flag.text("type", "Only things of this type"))
                .takes(Arity.atLeast(1))
                .does((session, line) -> show(session, line, line.text("type")));
    }

    public static Command container() {
        return Command.of("inspect", "CONTAINER [CONTAINER...]", "Return all that is known about containers")
                .flags(FORMAT, MODE, SIZE)
                .takes(Arity.atLeast(1))
                .does((session, line) -> show(session, line, "container"));
    }

    private static int show(Session session, Line line, String type) {
        requireMode(line, "dockercompat", "native");
        return Inspection.show(session, line.text("format"), line.arguments(), name -> find(session, line, type, name));
    }

    /// @throws UsageFailure when another mode is asked for than one of these
    public static void requireMode(Line line, String... known) {
        if (!List.of(known).contains(line.text("mode"))) {
            throw UsageFailure.of(
                    "--mode " + line.text("mode") + ": is not known, only " + String.join(" and ", known));
        }
    }

    private static boolean isNative(Line line) {
        return line.text("mode").equals("native");
    }

    private static GoStruct find(Session session, Line line, String type, String name) {
        return switch (type) {
            case "container" -> container(session, line, name);
            case "image" -> image(line, session.engine().images().inspect(name, Optional.empty()));
            case "network" -> NetworkJson.of(session.engine().networks().get(name));
            case "volume" -> VolumeJson.of(session.engine().volumes().get(name), Optional.empty(), session);
            case "" -> any(session, line, name);
            default -> throw UsageFailure.of("\"" + type + "\" is not a valid value for --type");
        };
    }

    private static GoStruct any(Session session, Line line, String name) {
        for (var type : new String[] {"container", "image", "network", "volume"}) {
            try {
                return find(session, line, type, name);
            } catch (NotFound | dev.coracle.base.EngineException.InvalidArgument next) {
                // perhaps it is something else
            }
        }
        throw new NotFound("no such object: " + name);
    }

    /// In the language that the line asks for.
    public static GoStruct image(Line line, ImageDetails details) {
        return isNative(line) ? NativeImageJson.of(details) : ImageJson.of(details);
    }

    private static GoStruct container(Session session, Line line, String name) {
        var container = session.engine().containers().get(name);
        if (isNative(line)) {
            return NativeContainerJson.of(session.engine().containers().record(container.id()), container);
        }
        if (!line.is("size")) {
            return ContainerJson.of(container);
        }
        var size = session.engine().containers().size(container.id());
        return ContainerJson.withSize(container, size.changed(), size.all());
    }
}
