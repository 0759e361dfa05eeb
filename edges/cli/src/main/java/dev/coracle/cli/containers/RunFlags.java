package dev.coracle.cli.containers;

import dev.coracle.cli.Session;
import dev.coracle.cli.line.Flag;
import dev.coracle.cli.line.Line;
import dev.coracle.cli.line.UsageFailure;
import dev.coracle.engine.containers.ContainerOptions;
import dev.coracle.engine.containers.ImageUse;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;

/// All flags of `run` and `create`, and what they come to.
final class RunFlags {
    private static final List<Flag> OWN = List.of(
            Flag.text("name", "Name of the container"),
            Flag.text("pull", "When to pull the image: always, missing or never")
                    .fallback("missing"),
            Flag.bool("quiet", "Do not show the pull").letter('q'),
            Flag.text("platform", "Platform of the image: os/arch[/variant]"),
            Flag.bool("rootfs", "The first argument is a directory, not an image"),
            Flag.text("runtime", "Runtime of the container"),
            Flag.each("label", "Label of the container: key=value").letter('l'),
            Flag.list("label-file", "Read labels from a file"),
            Flag.each("annotation", "Annotation for the runtime: key=value"),
            Flag.text("cidfile", "Write the container's id to a file"),
            Flag.bool("disable-content-trust", "Accepted, and without effect"));

    private RunFlags() {}

    static List<Flag> all() {
        return Stream.of(
                        OWN,
                        ProcessFlags.FLAGS,
                        NetworkFlags.FLAGS,
                        StorageFlags.FLAGS,
                        LimitFlags.CHANGEABLE,
                        LimitFlags.FLAGS,
                        SecurityFlags.FLAGS,
                        LifecycleFlags.FLAGS,
                        RefusedFlags.ALL.flags())
                .flatMap(List::stream)
                .toList();
    }

    /// @param detached whether nobody will be attached to the process
    static ContainerOptions read(Session session, Line line, boolean detached) throws IOException {
        RefusedFlags.ALL.check(line);
        return new ContainerOptions(
                line.text("name"),
                line.argument(0),
                new ImageUse(pull(line), line.text("platform"), line.is("rootfs")),
                ProcessFlags.read(session, line, line.argumentsFrom(1), detached),
                StorageFlags.read(session, line),
                NetworkFlags.read(session, line),
                LimitFlags.read(line),
                SecurityFlags.read(session, line),
                LifecycleFlags.read(line),
                LifecycleFlags.log(line),
                LifecycleFlags.checks(line),
                KeyValues.labels(session, line, true),
                KeyValues.map(line.texts("annotation")),
                line.text("runtime"));
    }

    static ImageUse.Pull pull(Line line) {
        return switch (line.text("pull")) {
            case "always" -> ImageUse.Pull.ALWAYS;
            case "missing" -> ImageUse.Pull.MISSING;
            case "never" -> ImageUse.Pull.NEVER;
            case String other ->
                throw UsageFailure.of(
                        "invalid pull option: '" + other + "': must be one of \"always\", \"missing\" or \"never\"");
        };
    }
}
