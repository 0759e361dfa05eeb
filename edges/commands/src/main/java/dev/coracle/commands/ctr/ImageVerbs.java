package dev.coracle.commands.ctr;

import dev.coracle.base.EngineException;
import dev.coracle.base.EngineException.AlreadyExists;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.base.GoDuration;
import dev.coracle.base.Platform;
import dev.coracle.base.Reference;
import dev.coracle.commands.Session;
import dev.coracle.commands.client.Connection;
import dev.coracle.commands.client.Containers;
import dev.coracle.commands.client.Images;
import dev.coracle.commands.client.Lease;
import dev.coracle.commands.client.Snapshots;
import dev.coracle.commands.client.Transfers;
import dev.coracle.commands.client.Unpack;
import dev.coracle.commands.line.Flag;
import dev.coracle.commands.line.Line;
import dev.coracle.commands.line.Table;
import dev.coracle.commands.line.Units;
import dev.coracle.commands.line.UsageFailure;
import dev.coracle.commands.line.Verb;
import dev.coracle.containerd.api.images.Image;
import dev.coracle.containerd.api.types.transfer.ImageStore;
import dev.coracle.engine.images.ImageContent;
import dev.coracle.oci.Descriptor;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/// `ctr images`, what concerns their records and content; moving them in and out of files is in
/// [ArchiveVerbs], mounting in [ImageMountVerbs].
final class ImageVerbs {
    static final Flag SNAPSHOTTER =
            Flag.text("snapshotter", "Snapshotter; empty for the default").from("CONTAINERD_SNAPSHOTTER");

    /// As ctr's help has them.
    private static final List<String> ORDER = List.of(
            "check",
            "export",
            "import",
            "inspect",
            "list",
            "mount",
            "unmount",
            "pull",
            "push",
            "prune",
            "delete",
            "tag",
            "label",
            "convert",
            "build-erofs-cache",
            "usage");

    private ImageVerbs() {}

    static Verb<Session> verb() {
        var verbs = new ArrayList<>(records());
        verbs.addAll(ArchiveVerbs.verbs());
        verbs.addAll(ImageMountVerbs.verbs());
        verbs.add(InspectVerb.verb());
        verbs.addAll(ConvertVerbs.verbs());
        verbs.sort(Comparator.comparingInt(verb -> ORDER.indexOf(verb.name())));
        return Verb.group("images image i", "Manage images", verbs);
    }

    private static List<Verb<Session>> records() {
        return List.of(
                Verb.of(
                        "check",
                        "Check existing images to ensure all content is available locally",
                        "[flags] [<filter>, ...]",
                        List.of(Flag.bool("quiet q", "Print only the images that are ready"), SNAPSHOTTER),
                        ImageVerbs::check),
                Verb.of(
                        "list ls",
                        "List images known to containerd",
                        "[flags] [<filter>, ...]",
                        List.of(Flag.bool("quiet q", "Print only the image refs")),
                        ImageVerbs::list),
                Verb.of(
                        "pull",
                        "Pull an image from a remote",
                        "[flags] <ref>",
                        FetchFlags.flags(
                                SNAPSHOTTER,
                                FetchFlags.AT_ONCE_FLAG,
                                Flag.bool("all-metadata", "Kept for old scripts: it is the default")
                                        .hidden(),
                                Flag.bool("print-chainid", "Print the chain ID of the resulting image"),
                                Flag.bool("local", "Pull by this program, not by the daemon"),
                                Flag.bool("sync-fs", "Write unpacked files to disk before going on")),
                        ImageTransfers.or(ImageTransfers::pull, ImageVerbs::pull)),
                Verb.of(
                        "delete del remove rm",
                        "Remove one or more images by reference",
                        "[flags] <ref> [<ref>, ...]",
                        List.of(Flag.bool("sync", "Wait until everything behind the images is removed too")),
                        ImageVerbs::remove),
                Verb.of(
                        "prune",
                        "Remove unused images",
                        "",
                        List.of(Flag.bool(
                                "all", "Remove all images that no container has; without it none is removed")),
                        ImageVerbs::prune),
                Verb.of(
                        "tag",
                        "Tag an image",
                        "[flags] <source_ref> <target_ref> [<target_ref>, ...]",
                        List.of(
                                Flag.bool("force", "Replace an image of the target's name"),
                                Flag.bool("local", "Tag by this program, not by the daemon"),
                                Flag.bool("skip-reference-check", "Accept any text as a name")),
                        ImageTransfers.or(ImageVerbs::tagByDaemon, ImageVerbs::tag)),
                Verb.of(
                        "label",
                        "Set and clear labels for an image",
                        "[flags] <name> [<key>=<value>, ...]",
                        List.of(Flag.bool("replace-all r", "Replace all labels")),
                        ImageVerbs::label),
                Verb.of(
                        "usage",
                        "Display usage of snapshots for a given image ref",
                        "[flags] <ref>",
                        List.of(SNAPSHOTTER),
                        ImageVerbs::usage));
    }

    private static int pull(Line line, Session session) throws InterruptedException {
        if (line.argument(0).isEmpty()) {
            throw UsageFailure.of("please provide an image reference to pull");
        }
        var platforms = FetchFlags.platforms(line, session);
        var terminal = session.terminal();
        try (var lease = Lease.take(session.connect(line), session.clock())) {
            var connection = lease.connection();
            var target = FetchFlags.fetch(line, session, connection, true);
            var start = System.nanoTime();
            var unpack = new Unpack(
                    connection, Snapshots.chosen(connection, line.text("snapshotter")), line.flag("sync-fs"));
            var images = new Images(connection);
            var wanted = platforms.isEmpty() ? new ImageContent(images.content()).platforms(target) : platforms;
            for (var platform : wanted) {
                terminal.line("unpacking " + platform + " " + target.digest() + "...");
                terminal.flush();
                var chain = unpack.image(target, platform);
                if (line.flag("print-chainid")) {
                    terminal.line("image chain ID: " + chain);
                }
            }
            terminal.line("done: " + GoDuration.format(Duration.ofNanos(System.nanoTime() - start)) + "\t");
        }
        return 0;
    }

    private static int list(Line line, Session session) {
        var images = new Images(session.connect(line));
        var found = images.list(line.arguments());
        var terminal = session.terminal();
        if (line.flag("quiet")) {
            found.forEach(image -> terminal.line(image.getName()));
            return 0;
        }
        var table = Table.narrow().row("REF", "TYPE", "DIGEST", "SIZE", "PLATFORMS", "LABELS");
        var content = new ImageContent(images.content());
        for (var image : found) {
            table.row(
                    image.getName(),
                    image.getTarget().getMediaType(),
                    image.getTarget().getDigest(),
                    size(content, image, session),
                    platforms(content, image, session),
                    Views.labels(image.getLabelsMap(), "-"));
        }
        terminal.out().print(table.text());
        return 0;
    }

    private static String size(ImageContent content, Image image, Session session) {
        try {
            return Units.bytes(
                    content.size(Images.target(image), session.environment().platform()));
        } catch (EngineException e) {
            session.terminal().log("ERROR: failed calculating size for image " + image.getName() + ": " + e.message());
            return Units.bytes(0);
        }
    }

    private static String platforms(ImageContent content, Image image, Session session) {
        try {
            var text = content.platforms(Images.target(image)).stream()
                    .map(Platform::toString)
                    .distinct()
                    .sorted()
                    .collect(Collectors.joining(","));
            return text.isEmpty() ? "-" : text;
        } catch (EngineException e) {
            session.terminal()
                    .log("ERROR: failed resolving platform for image " + image.getName() + ": " + e.message());
            return "-";
        }
    }

    private static int check(Line line, Session session) {
        var connection = session.connect(line);
        var images = new Images(connection);
        var unpack = new Unpack(connection, Snapshots.chosen(connection, line.text("snapshotter")), false);
        var table = Table.narrow().row("REF", "TYPE", "DIGEST", "STATUS", "SIZE", "UNPACKED");
        var platform = session.environment().platform();
        var quiet = line.flag("quiet");
        var found = images.list(line.arguments());
        for (var image : found) {
            var state = new ImageContent(images.content()).check(Images.target(image), platform);
            var unpacked = state.available() && isUnpacked(images, unpack, image, platform);
            if (!quiet) {
                table.line(String.join(
                        "\t",
                        image.getName(),
                        image.getTarget().getMediaType(),
                        image.getTarget().getDigest(),
                        state.status(),
                        state.available()
                                ? Units.bytes(state.presentBytes()) + "/" + Units.bytes(state.requiredBytes())
                                : Units.bytes(state.presentBytes()) + "/?",
                        Boolean.toString(unpacked)));
            } else if (state.complete() && unpacked) {
                session.terminal().line(image.getName());
            }
        }
        if (!quiet && !found.isEmpty()) {
            session.terminal().out().print(table.text());
        }
        return 0;
    }

    private static boolean isUnpacked(Images images, Unpack unpack, Image image, Platform platform) {
        try {
            return unpack.isDone(images.config(images.manifest(Images.target(image), platform)));
        } catch (NotFound incomplete) {
            return false;
        }
    }

    private static int prune(Line line, Session session) {
        if (!line.flag("all")) {
            session.terminal().log("WARN: No images pruned. `image prune` requires --all to be specified.");
            return 0;
        }
        var connection = session.connect(line);
        var used = new Containers(connection)
                .list(List.of()).stream().map(container -> container.getImage()).collect(Collectors.toSet());
        var images = new Images(connection);
        var unused = images.list(List.of()).stream()
                .map(image -> image.getName())
                .filter(name -> !used.contains(name))
                .toList();
        for (var name : unused) {
            try {
                images.delete(name, name.equals(unused.getLast()));
                session.terminal().log("INFO: deleted image: " + name);
            } catch (NotFound gone) {
                // somebody else was quicker
            } catch (EngineException e) {
                session.terminal().log("WARN: failed to delete image " + name + ": " + e.message());
            }
        }
        return 0;
    }

    private static int remove(Line line, Session session) {
        var images = new Images(session.connect(line));
        var names = line.arguments();
        return Each.of(names, "unable to delete %s", session, name -> {
            try {
                images.delete(name, line.flag("sync") && name.equals(names.getLast()));
                session.terminal().line(name);
            } catch (NotFound gone) {
                session.terminal().log("WARN: " + name + ": image not found");
            } catch (EngineException e) {
                throw e.within("unable to delete " + name);
            }
        });
    }

    private static void needsNames(Line line) {
        if (line.argument(0).isEmpty()) {
            throw UsageFailure.of("please provide an image reference to tag from");
        }
        if (line.arguments().size() <= 1) {
            throw UsageFailure.of("please provide an image reference to tag to");
        }
    }

    private static int tagByDaemon(Line line, Session session) throws IOException, InterruptedException {
        needsNames(line);
        var source = ImageStore.newBuilder().setName(line.argument(0)).build();
        var connection = session.connect(line);
        for (var name : line.argumentsFrom(1)) {
            if (!line.flag("skip-reference-check")) {
                checkName(name);
            }
            try (var transfers = new Transfers(connection)) {
                transfers.carryOut(source, ImageStore.newBuilder().setName(name).build(), _ -> {});
            }
            session.terminal().line(name);
        }
        return 0;
    }

    private static int tag(Line line, Session session) {
        needsNames(line);
        var images = new Images(session.connect(line));
        var source = images.get(line.argument(0));
        for (var name : line.argumentsFrom(1)) {
            if (!line.flag("skip-reference-check")) {
                checkName(name);
            }
            try {
                images.create(name, Images.target(source), source.getLabelsMap());
            } catch (AlreadyExists taken) {
                if (!line.flag("force")) {
                    throw taken;
                }
                images.put(name, Images.target(source), source.getLabelsMap());
            }
            session.terminal().line(name);
        }
        return 0;
    }

    private static void checkName(String name) {
        try {
            Reference.parse(name);
        } catch (EngineException e) {
            throw UsageFailure.of(
                    "error parsing reference: \"" + name + "\" is not a valid repository/tag: " + e.message());
        }
    }

    private static int label(Line line, Session session) {
        if (line.argument(0).isEmpty()) {
            throw UsageFailure.of("please specify an image");
        }
        var images = new Images(session.connect(line));
        var labels = Line.labels(line.argumentsFrom(1));
        var updated = images.label(line.argument(0), labels, line.flag("replace-all"));
        session.terminal().line(Views.labels(updated.getLabelsMap(), ""));
        return 0;
    }

    private static int usage(Line line, Session session) {
        var ref = line.argument(0);
        if (ref.isEmpty()) {
            throw UsageFailure.of("please provide an image reference to mount");
        }
        Connection connection = session.connect(line);
        var snapshotter = Snapshots.chosen(connection, line.text("snapshotter"));
        var snapshots = new Snapshots(connection, snapshotter);
        var images = new Images(connection);
        var config = images.config(
                images.manifest(target(images, ref), session.environment().platform()));
        if (!new Unpack(connection, snapshotter, false).isDone(config)) {
            throw UsageFailure.of("image " + ref + " isn't unpacked in snapshotter " + snapshotter);
        }
        var table = Table.narrow().row("KEY", "SIZE", "INODES");
        var key = dev.coracle.oci.ImageConfig.chainId(config.diffIds()).toString();
        while (!key.isEmpty()) {
            var usage = snapshots.usage(key);
            table.row(key, Units.bytes(usage.getSize()), usage.getInodes());
            key = snapshots.stat(key).getParent();
        }
        session.terminal().out().print(table.text());
        return 0;
    }

    private static Descriptor target(Images images, String ref) {
        try {
            return Images.target(images.get(ref));
        } catch (EngineException e) {
            throw e.within("failed to ensure if image " + ref + " exists");
        }
    }
}
