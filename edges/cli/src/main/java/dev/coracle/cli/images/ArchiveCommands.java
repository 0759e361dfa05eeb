package dev.coracle.cli.images;

import dev.coracle.base.Reference;
import dev.coracle.cli.Session;
import dev.coracle.cli.Terminal;
import dev.coracle.cli.line.Arity;
import dev.coracle.cli.line.Command;
import dev.coracle.cli.line.Flag;
import dev.coracle.cli.line.Line;
import dev.coracle.cli.line.UsageFailure;
import dev.coracle.cli.view.FileOutput;
import dev.coracle.core.registry.RegistryAccess;
import dev.coracle.engine.images.ImageView;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;

/// `save`, `load` and `import`.
public final class ArchiveCommands {
    private ArchiveCommands() {}

    public static Command save() {
        return Command.of("save", "IMAGE [IMAGE...]", "Save one or more images to a tar archive")
                .flags(
                        Flag.text("output", "Write to a file, not to stdout").letter('o'),
                        Flag.list("platform", "Platforms of the images: os/arch[/variant]"),
                        Flag.bool("all-platforms", "Everything that is here"))
                .takes(Arity.atLeast(1))
                .does(ArchiveCommands::save);
    }

    private static int save(Session session, Line line) throws IOException, InterruptedException {
        if (line.text("output").isEmpty() && session.terminal().isTerminal(Terminal.Stream.OUT)) {
            throw UsageFailure.of("cowardly refusing to save to a terminal. Use the -o flag or redirect");
        }
        var images = session.engine().images();
        var names =
                line.arguments().stream().map(name -> images.get(name).name()).toList();
        FileOutput.write(session, line.text("output"), out -> images.save(names, chosen(session, line), out));
        return 0;
    }

    /// This machine's platform unless others are asked for; none means all.
    private static List<dev.coracle.base.Platform> chosen(Session session, Line line) {
        if (line.is("all-platforms")) {
            return List.of();
        }
        var platforms = Pulls.platforms(session, line.texts("platform"));
        return platforms.isEmpty()
                ? session.engine()
                        .images()
                        .pullOptions(RegistryAccess.ANONYMOUS)
                        .platforms()
                : platforms;
    }

    public static Command load() {
        return Command.of("load", "", "Load images from a tar archive or stdin")
                .flags(
                        Flag.text("input", "Read from a file, not from stdin").letter('i'),
                        Flag.bool("quiet", "Without effect").letter('q'),
                        Flag.list("platform", "Platforms of the images: os/arch[/variant]"),
                        Flag.bool("all-platforms", "Everything that is there"))
                .does(ArchiveCommands::load);
    }

    private static int load(Session session, Line line) throws IOException, InterruptedException {
        if (line.text("input").isEmpty() && session.terminal().isTerminal(Terminal.Stream.IN)) {
            throw UsageFailure.of("requested load from stdin, but stdin is empty");
        }
        try (var in = open(session, line.text("input"))) {
            session.engine()
                    .images()
                    .load(in, chosen(session, line))
                    .forEach(image -> session.out()
                            .line(
                                    image.isDangling()
                                            ? "Loaded image ID: " + ImagesCommand.id(image)
                                            : "Loaded image: "
                                                    + Reference.parse(image.name())
                                                            .familiar()));
        }
        return 0;
    }

    /// A file, or stdin, which stays open.
    private static InputStream open(Session session, String name) throws IOException {
        if (name.isEmpty() || name.equals("-")) {
            return new java.io.FilterInputStream(session.terminal().in()) {
                @Override
                public void close() {
                    // the client's
                }
            };
        }
        return new BufferedInputStream(Files.newInputStream(session.path(name)), 1 << 16);
    }

    public static Command importTree() {
        return Command.of("import", "file|- [REPOSITORY[:TAG]]", "Make an image from the tar of a file system")
                .flags(
                        Flag.text("message", "Message of the image").letter('m'),
                        Flag.each("change", "Refused").letter('c'),
                        Flag.text("platform", "Platform of the image: os/arch[/variant]"))
                .takes(new Arity(1, 2))
                .does(ArchiveCommands::importTree);
    }

    private static int importTree(Session session, Line line) throws IOException, InterruptedException {
        if (line.has("change")) {
            throw UsageFailure.of("--change: instructions are applied by commit, not by import");
        }
        var name = line.arguments().size() == 2
                ? Optional.of(Pulls.reference(line.argument(1)))
                : Optional.<Reference>empty();
        var given = line.text("platform").isEmpty() ? List.<String>of() : List.of(line.text("platform"));
        var platforms = Pulls.platforms(session, given);
        var platform = platforms.isEmpty()
                ? session.engine()
                        .images()
                        .pullOptions(RegistryAccess.ANONYMOUS)
                        .platforms()
                        .getFirst()
                : platforms.getFirst();
        try (var in = open(session, line.argument(0))) {
            ImageView image = session.engine().images().importTree(in, name, line.text("message"), platform);
            session.out().line(ImagesCommand.id(image));
        }
        return 0;
    }
}
