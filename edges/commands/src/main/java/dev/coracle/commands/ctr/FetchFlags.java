package dev.coracle.commands.ctr;

import dev.coracle.base.Platform;
import dev.coracle.base.Reference;
import dev.coracle.commands.Session;
import dev.coracle.commands.client.Connection;
import dev.coracle.commands.client.Images;
import dev.coracle.commands.client.RemoteContent;
import dev.coracle.commands.line.Flag;
import dev.coracle.commands.line.Line;
import dev.coracle.commands.line.UsageFailure;
import dev.coracle.engine.images.ImagePull;
import dev.coracle.oci.Descriptor;
import java.util.List;

/// What `content fetch` and `images pull` share: which parts of an image are wanted, and the
/// download itself.
final class FetchFlags {
    private static final int AT_ONCE = 6;

    static final Flag AT_ONCE_FLAG = Flag.whole("max-concurrent-downloads", "How many blobs are fetched at once");

    private FetchFlags() {}

    static List<Flag> flags(Flag... more) {
        var flags = RegistryFlags.and(
                Flag.texts("label", "Labels of the image"),
                Flag.texts("platform", "Platform whose content is wanted"),
                Flag.bool("all-platforms", "Content of all platforms is wanted"),
                Flag.bool("skip-metadata", "Leave out manifests and configurations of the other platforms"));
        flags.addAll(List.of(more));
        return flags;
    }

    /// The platforms named by flags; empty means all.
    static List<Platform> platforms(Line line, Session session) {
        var host = session.environment().platform();
        var named = line.texts("platform").stream()
                .map(text -> Platform.parse(text, host))
                .toList();
        if (line.flag("all-platforms")) {
            if (!named.isEmpty()) {
                throw UsageFailure.of("cannot specify both --platform and --all-platforms");
            }
            return List.of();
        }
        return named.isEmpty() ? List.of(host) : named;
    }

    /// Brings the content and points the image to it.
    static Descriptor fetch(Line line, Session session, Connection connection, boolean layers)
            throws InterruptedException {
        var name = line.argument(0);
        var reference = Reference.parseFull(name);
        var atOnce = line.whole("max-concurrent-downloads");
        var options = new ImagePull.Options(
                platforms(line, session),
                !line.flag("skip-metadata"),
                layers,
                atOnce > 0 ? Math.toIntExact(atOnce) : AT_ONCE);
        try (var registry = RegistryFlags.open(line, session);
                var progress = new ProgressView(session.terminal(), name)) {
            var target = new ImagePull(registry, new RemoteContent(connection), options, progress).pull(reference);
            new Images(connection).put(name, target, Line.labels(line.texts("label")));
            return target;
        }
    }
}
