package dev.coracle.cli.images;

import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.base.Reference;
import dev.coracle.cli.Session;
import dev.coracle.cli.containers.ContainerText;
import dev.coracle.cli.line.Arity;
import dev.coracle.cli.line.Command;
import dev.coracle.cli.line.Flag;
import dev.coracle.cli.line.Line;
import dev.coracle.cli.view.Filters;
import dev.coracle.cli.view.Listing;
import dev.coracle.cli.view.Units;
import dev.coracle.engine.images.ImageView;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Set;

/// `images`, `image ls`.
public final class ImagesCommand {
    private ImagesCommand() {}

    public static Command command() {
        return Command.of("images", "[REPOSITORY[:TAG]]", "List images")
                .flags(
                        Flag.bool("all", "Without effect: there are no images in between")
                                .letter('a'),
                        Flag.bool("quiet", "Only show ids").letter('q'),
                        Flag.bool("no-trunc", "Show everything in full"),
                        Flag.bool("digests", "Show digests"),
                        Flag.bool("names", "Show full names"),
                        Flag.text("format", "table, wide, json, or a Go template"),
                        Filters.flag("Only images of which this holds"))
                .takes(Arity.atMost(1))
                .does(ImagesCommand::run);
    }

    private static int run(Session session, Line line) {
        var filters = Filters.of(line, Set.of("before", "since", "label", "dangling", "reference"));
        var shown = session.engine().images().list().stream()
                .filter(image -> line.arguments().isEmpty() || isNamed(image, line.argument(0)))
                .filter(image -> filters.any("dangling", text -> Filters.bool("dangling", text) == image.isDangling()))
                .filter(image -> filters.any("reference", text -> matches(image, text)))
                .filter(image -> filters.any("before", text -> image.created().isBefore(created(session, text))))
                .filter(image -> filters.any("since", text -> image.created().isAfter(created(session, text))))
                .filter(image -> filters.labels(image.labels()))
                .toList();
        listing(session, line).show(session, line.text("format"), line.is("quiet"), shown);
        return 0;
    }

    private static Instant created(Session session, String name) {
        return session.engine().images().get(name).created();
    }

    private static boolean isNamed(ImageView image, String text) {
        if (image.isDangling()) {
            return false;
        }
        try {
            var wanted = Reference.parse(text);
            var name = Reference.parse(image.name());
            return wanted.name().equals(name.name())
                    && (wanted.tag().isEmpty() || wanted.tag().equals(name.tag()));
        } catch (InvalidArgument pattern) {
            return matches(image, text);
        }
    }

    private static boolean matches(ImageView image, String pattern) {
        if (image.isDangling()) {
            return false;
        }
        var matcher = FileSystems.getDefault().getPathMatcher("glob:" + pattern);
        var name = Reference.parse(image.name());
        var familiar = name.familiar();
        return matcher.matches(Path.of(familiar))
                || matcher.matches(Path.of(repository(image)))
                || matcher.matches(Path.of(name.name()));
    }

    static String repository(ImageView image) {
        if (image.isDangling()) {
            return "<none>";
        }
        var name = Reference.parse(image.name());
        return new Reference(name.domain(), name.path(), java.util.Optional.empty(), java.util.Optional.empty())
                .familiar();
    }

    static String tag(ImageView image) {
        return image.isDangling()
                ? "<none>"
                : Reference.parse(image.name()).tag().orElse("<none>");
    }

    static String id(ImageView image) {
        return image.config().orElse(image.target().digest()).toString();
    }

    private static Listing<ImageView> listing(Session session, Line line) {
        var now = session.now();
        var digests = line.is("digests") || line.text("format").equals("wide");
        var name = line.is("names") ? "{{.Name}}" : "{{.Repository}}\t{{.Tag}}";
        return Listing.<ImageView>of("*formatter.imageContext")
                .column("Repository", "REPOSITORY", ImagesCommand::repository)
                .column("Tag", "TAG", ImagesCommand::tag)
                .column("Name", "NAME", ImageView::name)
                .column("Digest", "DIGEST", image -> image.target().digest().toString())
                .column("ID", "IMAGE ID", image -> line.is("no-trunc") ? id(image) : ContainerText.shortId(id(image)))
                .column("CreatedSince", "CREATED", image -> Units.ago(now, image.created()))
                .column(
                        "CreatedAt",
                        "CREATED AT",
                        image -> Units.time(image.created(), session.host().zone()))
                .column("Size", "SIZE", image -> Units.size(image.unpacked()))
                .column("VirtualSize", "SIZE", image -> Units.size(image.unpacked()))
                .column("BlobSize", "BLOB SIZE", image -> Units.size(image.content()))
                .column(
                        "Platform",
                        "PLATFORM",
                        image -> image.platforms().stream()
                                .map(Object::toString)
                                .findFirst()
                                .orElse(""))
                .column("Containers", "CONTAINERS", _ -> "N/A")
                .column("SharedSize", "SHARED SIZE", _ -> "N/A")
                .column("UniqueSize", "UNIQUE SIZE", _ -> "N/A")
                .labels((image, key) -> image.labels().getOrDefault(key, ""))
                .identity("ID")
                .table(name + (digests ? "\t{{.Digest}}" : "") + "\t{{.ID}}\t{{.CreatedSince}}\t{{.Size}}");
    }
}
