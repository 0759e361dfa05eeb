package dev.coracle.cli.images;

import dev.coracle.base.Platform;
import dev.coracle.base.Reference;
import dev.coracle.cli.Output;
import dev.coracle.cli.Session;
import dev.coracle.cli.registry.Access;
import dev.coracle.core.registry.RegistryAccess;
import dev.coracle.engine.images.ImageView;
import dev.coracle.engine.images.PullListener;
import dev.coracle.engine.images.PullOptions;
import dev.coracle.engine.images.UnpackTarget;
import java.util.List;

/// Bringing an image, and showing how far it is.
public final class Pulls {
    private Pulls() {}

    /// An image's name as people type it, with its tag.
    public static Reference reference(String text) {
        return Reference.parse(text).withDefaultTag();
    }

    /// The platforms that were asked for, completed by this machine's.
    static List<Platform> platforms(Session session, List<String> texts) {
        if (texts.isEmpty()) {
            return List.of();
        }
        var here = session.engine()
                .images()
                .pullOptions(RegistryAccess.ANONYMOUS)
                .platforms()
                .getFirst();
        return texts.stream().map(text -> Platform.parse(text, here)).toList();
    }

    /// Brings an image for one platform (empty: this machine's).
    public static ImageView pull(Session session, String image, String platform, boolean quiet, Output to)
            throws InterruptedException {
        var options = session.engine().images().pullOptions(Access.of(session));
        var wanted = platform.isEmpty() ? options : with(options, platforms(session, List.of(platform)), true);
        return pull(session, reference(image), wanted, quiet, to);
    }

    static PullOptions with(PullOptions options, List<Platform> platforms, boolean unpack) {
        var snapshotter =
                options.unpacks().stream().map(UnpackTarget::snapshotter).findFirst();
        var unpacks = unpack && snapshotter.isPresent()
                ? platforms.stream()
                        .map(platform -> new UnpackTarget(platform, snapshotter.get()))
                        .toList()
                : List.<UnpackTarget>of();
        return new PullOptions(
                options.access(), platforms, options.otherMetadata(), unpacks, options.labels(), options.atOnce());
    }

    static ImageView pull(Session session, Reference reference, PullOptions options, boolean quiet, Output to)
            throws InterruptedException {
        if (quiet) {
            return session.engine().images().pull(reference, options, PullListener.NONE);
        }
        var before = session.engine()
                .images()
                .find(reference.toString())
                .map(image -> image.target().digest());
        to.line(reference.tag().map(tag -> tag + ": Pulling from ").orElse("Pulling from ") + repository(reference));
        ImageView image;
        try (var progress = LayerProgress.on(session, to)) {
            image = session.engine().images().pull(reference, options, new PullView(progress));
        }
        to.line("Digest: " + image.target().digest());
        var same = before.filter(image.target().digest()::equals).isPresent();
        to.line("Status: " + (same ? "Image is up to date for " : "Downloaded newer image for ")
                + reference.familiar());
        to.flush();
        return image;
    }

    private static String repository(Reference reference) {
        return reference.domain().equals(Reference.DEFAULT_DOMAIN) ? reference.path() : reference.name();
    }
}
