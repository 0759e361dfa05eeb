package dev.coracle.commands.ctr;

import dev.coracle.base.Platform;
import dev.coracle.base.Reference;
import dev.coracle.commands.Session;
import dev.coracle.commands.client.Connection;
import dev.coracle.commands.client.Images;
import dev.coracle.commands.client.Lease;
import dev.coracle.commands.client.RemoteContent;
import dev.coracle.commands.client.Snapshots;
import dev.coracle.commands.client.Unpack;
import dev.coracle.commands.line.Flag;
import dev.coracle.commands.line.Line;
import dev.coracle.commands.line.UsageFailure;
import dev.coracle.commands.line.Verb;
import dev.coracle.core.types.FieldMask;
import dev.coracle.engine.images.ImageExport;
import dev.coracle.engine.images.ImageImport;
import dev.coracle.engine.images.ImagePush;
import dev.coracle.oci.Descriptor;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// `ctr images import`, `export` and `push`: images leave and enter.
final class ArchiveVerbs {
    private static final int AT_ONCE = 6;
    private static final String LAYER_LABEL = "containerd.io/gc.ref.content.l.";

    private ArchiveVerbs() {}

    static List<Verb<Session>> verbs() {
        return List.of(
                Verb.of(
                        "export",
                        "Export images",
                        "[flags] <out> <image> ...",
                        List.of(
                                Flag.bool("skip-manifest-json", "Leave out Docker's manifest.json"),
                                Flag.bool("skip-non-distributable", "Kept for scripts: such layers are never in here"),
                                Flag.texts("platform", "Platform to export"),
                                Flag.bool("all-platforms", "Export all platforms"),
                                Flag.bool("local", "Export by this program, not by the daemon")),
                        ImageTransfers.or(ImageTransfers::export, ArchiveVerbs::export)),
                Verb.of(
                        "import",
                        "Import images",
                        "[flags] <in>",
                        List.of(
                                Flag.text("base-name", "Prefix of the images' names"),
                                Flag.bool("digests", "Also make images named by digest"),
                                Flag.bool("skip-digest-for-named", "With --digests, not for images with a name"),
                                Flag.text("index-name", "Name of an image for the archive's whole index"),
                                Flag.bool("all-platforms", "Keep the content of all platforms"),
                                Flag.text("platform", "Platform to keep and to unpack"),
                                Flag.bool("no-unpack", "Do not unpack"),
                                Flag.bool("local", "Import by this program, not by the daemon"),
                                Flag.bool("compress-blobs", "Compress plain layers of a docker archive"),
                                Flag.bool("discard-unpacked-layers", "With --local, keep no layer that is unpacked"),
                                Flag.bool("sync-fs", "Write unpacked files to disk before going on"),
                                Flag.texts("label", "Label of the images"),
                                ImageVerbs.SNAPSHOTTER),
                        ImageTransfers.or(ImageTransfers::load, ArchiveVerbs::load)),
                Verb.of(
                        "push",
                        "Push an image to a remote",
                        "[flags] <remote> [<local>]",
                        RegistryFlags.and(
                                Flag.text("manifest", "Digest of the manifest to push"),
                                Flag.text("manifest-type", "Media type of that manifest")
                                        .or("application/vnd.oci.image.manifest.v1+json"),
                                Flag.texts("platform", "Platform to push"),
                                Flag.whole("max-concurrent-uploaded-layers", "How many blobs are sent at once"),
                                Flag.bool("local", "Push by this program, not by the daemon"),
                                Flag.bool("allow-non-distributable-blobs", "Kept for scripts: they are not pushed")),
                        ImageTransfers.or(ImageTransfers::push, ArchiveVerbs::push)));
    }

    private static int push(Line line, Session session) throws InterruptedException {
        var remote = line.argument(0);
        if (remote.isEmpty()) {
            throw UsageFailure.of("please provide a remote image reference to push");
        }
        var connection = session.connect(line);
        var reference = Reference.parseFull(remote);
        var atOnce = line.whole("max-concurrent-uploaded-layers");
        try (var registry = RegistryFlags.open(line, session);
                var progress = new ProgressView(session.terminal(), remote)) {
            var push = new ImagePush(
                    new RemoteContent(connection),
                    registry,
                    reference,
                    atOnce > 0 ? Math.toIntExact(atOnce) : AT_ONCE,
                    progress);
            push.push(pushed(line, session, connection, push, remote));
        }
        return 0;
    }

    private static Descriptor pushed(Line line, Session session, Connection connection, ImagePush push, String remote) {
        var images = new Images(connection);
        if (!line.text("manifest").isEmpty()) {
            var digest = dev.coracle.base.Digest.parse(line.text("manifest"));
            return new Descriptor(
                    line.text("manifest-type"),
                    digest,
                    images.content().info(digest).size());
        }
        var local = line.argument(1).isEmpty() ? remote : line.argument(1);
        var target = Images.target(images.get(local));
        return switch (line.texts("platform").size()) {
            case 0 -> target;
            case 1 ->
                push.only(
                        target,
                        Platform.parse(
                                line.texts("platform").getFirst(),
                                session.environment().platform()));
            default -> throw UsageFailure.of("only one --platform can be pushed under one name");
        };
    }

    private static int export(Line line, Session session) throws IOException {
        var file = line.argument(0);
        var names = line.argumentsFrom(1);
        if (file.isEmpty() || names.isEmpty()) {
            throw UsageFailure.of("please provide both an output filename and an image reference to export");
        }
        var connection = session.connect(line);
        var images = new Images(connection);
        var export = new ImageExport(
                images.content(), name -> Images.target(images.get(name)), FetchFlags.platforms(line, session));
        var docker = !line.flag("skip-manifest-json");
        if (file.equals("-")) {
            export.write(names, docker, session.terminal().out());
            return 0;
        }
        var target = session.path(file).toAbsolutePath();
        var temporary = Files.createTempFile(target.getParent(), ".ctr-export", "");
        try {
            try (var out = new BufferedOutputStream(Files.newOutputStream(temporary), 1 << 20)) {
                export.write(names, docker, out);
            }
            Files.move(temporary, target, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(temporary);
        }
        return 0;
    }

    private static int load(Line line, Session session) throws IOException {
        var file = line.argument(0);
        if (line.flag("skip-digest-for-named") && !line.flag("digests")) {
            throw UsageFailure.of("--skip-digest-for-named must be specified with --digests option");
        }
        if (line.flag("discard-unpacked-layers") && line.flag("no-unpack")) {
            throw UsageFailure.of("--discard-unpacked-layers and --no-unpack are incompatible options");
        }
        try (var lease = Lease.take(session.connect(line), session.clock())) {
            var connection = lease.connection();
            var platform = platform(line, session);
            var kept = line.flag("all-platforms") ? List.<Platform>of() : List.of(platform);
            ImageImport.Archive archive;
            try (var input = opened(file, session)) {
                archive = new ImageImport(new RemoteContent(connection), line.flag("compress-blobs"), kept).read(input);
            }
            var named = new LinkedHashMap<String, Descriptor>();
            if (!line.text("index-name").isEmpty()) {
                named.put(line.text("index-name"), archive.index());
            }
            for (var image : archive.found()) {
                names(line, session, image).forEach(name -> named.put(name, image.target()));
            }
            var images = new Images(connection);
            var labels = Line.labels(line.texts("label"));
            named.forEach((name, target) -> images.put(name, target, labels));
            if (!line.flag("no-unpack")) {
                named.forEach((name, target) -> unpack(line, session, connection, name, target, platform));
            }
        }
        return 0;
    }

    /// The platform to unpack: the one that is named, or this machine's.
    static Platform platform(Line line, Session session) {
        var host = session.environment().platform();
        return Optional.of(line.text("platform"))
                .filter(text -> !text.isEmpty())
                .map(text -> Platform.parse(text, host))
                .orElse(host);
    }

    /// The archive to read: a file, or the terminal's input for `-`.
    static InputStream opened(String file, Session session) throws IOException {
        if (file.equals("-")) {
            return session.terminal().in();
        }
        if (file.isEmpty() || !Files.exists(session.path(file))) {
            throw UsageFailure.of("open " + file + ": no such file or directory");
        }
        return Files.newInputStream(session.path(file));
    }

    private static void unpack(
            Line line, Session session, Connection connection, String name, Descriptor target, Platform platform) {
        session.terminal().out().print("unpacking " + name + " (" + target.digest() + ")...");
        session.terminal().flush();
        var snapshotter = Snapshots.chosen(connection, line.text("snapshotter"));
        new Unpack(connection, snapshotter, line.flag("sync-fs")).image(target, platform);
        if (line.flag("discard-unpacked-layers")) {
            discard(connection, target, platform);
        }
        session.terminal().line("done");
    }

    /// Takes away what holds the layers against the garbage collector: they are in snapshots now.
    private static void discard(Connection connection, Descriptor target, Platform platform) {
        var images = new Images(connection);
        var manifest = images.manifestFor(target, platform).digest();
        var labels = images.content().info(manifest).labels().keySet().stream()
                .filter(label -> label.startsWith(LAYER_LABEL))
                .collect(Collectors.toMap(label -> label, _ -> ""));
        if (!labels.isEmpty()) {
            var paths = labels.keySet().stream().map(label -> "labels." + label).toArray(String[]::new);
            images.content().update(manifest, labels, FieldMask.of(paths));
        }
    }

    /// A full name stays; a bare tag is put behind the base name; with a base name given, only
    /// images under it are taken.
    private static List<String> names(Line line, Session session, ImageImport.Found image) {
        var base = line.text("base-name");
        var prefix = base.isEmpty()
                ? "import-" + LocalDate.ofInstant(session.clock().instant(), ZoneId.systemDefault())
                : base;
        var names = new ArrayList<String>();
        for (var name : image.names()) {
            if (name.indexOf('/') < 0 && name.indexOf(':') < 0) {
                names.add(prefix + ":" + name);
            } else if (base.isEmpty() || name.startsWith(base)) {
                names.add(name);
            }
        }
        if (line.flag("digests") && (names.isEmpty() || !line.flag("skip-digest-for-named"))) {
            names.add(prefix + "@" + image.target().digest());
        }
        return names;
    }
}
