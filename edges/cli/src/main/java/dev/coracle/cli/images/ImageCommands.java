package dev.coracle.cli.images;

import dev.coracle.base.Reference;
import dev.coracle.cli.Session;
import dev.coracle.cli.containers.InspectCommand;
import dev.coracle.cli.line.Arity;
import dev.coracle.cli.line.Command;
import dev.coracle.cli.line.Flag;
import dev.coracle.cli.line.Line;
import dev.coracle.cli.view.Filters;
import dev.coracle.cli.view.Inspection;
import dev.coracle.cli.view.Units;
import dev.coracle.engine.images.ImageView;
import dev.coracle.engine.images.Images;
import java.util.HashMap;
import java.util.List;
import java.util.Set;

/// `tag`, `rmi`, `image inspect` and `image prune`.
public final class ImageCommands {
    private ImageCommands() {}

    public static Command tag() {
        return Command.of("tag", "SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]", "Give an image one more name")
                .takes(Arity.exactly(2))
                .does((session, line) -> {
                    session.engine().images().tag(line.argument(0), Pulls.reference(line.argument(1)));
                    return 0;
                });
    }

    public static Command remove() {
        return Command.of("rmi", "IMAGE [IMAGE...]", "Remove one or more images")
                .flags(
                        Flag.bool("force", "Also an image that a stopped container was made from")
                                .letter('f'),
                        Flag.bool("async", "Without effect"),
                        Flag.bool("no-prune", "Without effect"))
                .takes(Arity.atLeast(1))
                .does((session, line) -> session.each(line.arguments(), name -> {
                    show(session, session.engine().images().remove(name, line.is("force")));
                    return "";
                }));
    }

    private static void show(Session session, List<Images.Removal> removals) {
        removals.forEach(removal -> session.out()
                .line(removal.untagged() ? "Untagged: " + familiar(removal.text()) : "Deleted: " + removal.text()));
    }

    private static String familiar(String name) {
        return name.contains("/") ? Reference.parse(name).familiar() : name;
    }

    public static Command inspect() {
        return Command.of("inspect", "IMAGE [IMAGE...]", "Return all that is known about images")
                .flags(
                        Flag.text("format", "json, or a Go template").letter('f'),
                        Flag.text("mode", "Whose language: dockercompat or native")
                                .fallback("dockercompat"),
                        Flag.text("platform", "Platform of the image: os/arch[/variant]"))
                .takes(Arity.atLeast(1))
                .does(ImageCommands::inspect);
    }

    private static int inspect(Session session, Line line) {
        InspectCommand.requireMode(line, "dockercompat", "native");
        var texts = line.text("platform").isEmpty() ? List.<String>of() : List.of(line.text("platform"));
        var platform = Pulls.platforms(session, texts).stream().findFirst();
        return Inspection.show(
                session,
                line.text("format"),
                line.arguments(),
                name -> InspectCommand.image(line, session.engine().images().inspect(name, platform)));
    }

    public static Command prune() {
        return Command.of("prune", "", "Remove images that nobody needs")
                .flags(
                        Flag.bool("all", "Also images that have a name, but no container")
                                .letter('a'),
                        Flag.bool("force", "Do not ask").letter('f'),
                        Filters.flag("Only images of which this holds (until=, label=)"))
                .does(ImageCommands::prune);
    }

    private static int prune(Session session, Line line) {
        var filters = Filters.of(line, Set.of("until", "label", "label!", "dangling"));
        var all = line.is("all") || filters.of("dangling").stream().anyMatch(text -> !Filters.bool("dangling", text));
        var warning = all
                ? "This will remove all images without at least one container associated to them."
                : "This will remove all dangling images.";
        if (!session.confirm(warning, line.is("force"))) {
            return 0;
        }
        var sizes = new HashMap<String, Long>();
        session.engine()
                .images()
                .list()
                .forEach(image -> sizes.put(image.target().digest().toString(), size(image)));
        var removals = session.engine().images().prune(all, filters.prune(session.now()));
        if (!removals.isEmpty()) {
            session.out().line("Deleted Images:");
            removals.forEach(removal -> session.out()
                    .line(removal.untagged() ? "untagged: " + familiar(removal.text()) : "deleted: " + removal.text()));
            session.out().line("");
        }
        var freed = removals.stream()
                .mapToLong(removal -> sizes.getOrDefault(removal.text(), 0L))
                .sum();
        session.out().line("Total reclaimed space: " + Units.size(freed));
        return 0;
    }

    private static long size(ImageView image) {
        return image.unpacked() + image.content();
    }
}
