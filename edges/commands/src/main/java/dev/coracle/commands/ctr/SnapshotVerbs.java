package dev.coracle.commands.ctr;

import dev.coracle.base.EngineException;
import dev.coracle.base.EngineException.NotImplemented;
import dev.coracle.commands.Session;
import dev.coracle.commands.client.Connection;
import dev.coracle.commands.client.Lease;
import dev.coracle.commands.client.Snapshots;
import dev.coracle.commands.client.Unpack;
import dev.coracle.commands.client.Wires;
import dev.coracle.commands.line.Flag;
import dev.coracle.commands.line.Line;
import dev.coracle.commands.line.Table;
import dev.coracle.commands.line.Units;
import dev.coracle.commands.line.UsageFailure;
import dev.coracle.commands.line.Verb;
import dev.coracle.containerd.api.diff.DiffGrpc;
import dev.coracle.containerd.api.diff.DiffRequest;
import dev.coracle.containerd.api.mounts.ActivateRequest;
import dev.coracle.containerd.api.mounts.DeactivateRequest;
import dev.coracle.containerd.api.mounts.MountsGrpc;
import dev.coracle.containerd.api.snapshots.Info;
import dev.coracle.containerd.api.snapshots.Kind;
import dev.coracle.containerd.api.types.Mount;
import dev.coracle.oci.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/// `ctr snapshots`.
final class SnapshotVerbs {
    private static final Flag SNAPSHOTTER =
            Flag.text("snapshotter", "Snapshotter; empty for the default").from("CONTAINERD_SNAPSHOTTER");
    private static final Flag TARGET = Flag.text("target t", "Print mount commands for this place");
    private static final Flag MOUNTS = Flag.bool("mounts", "Print the mounts of the snapshot");

    private SnapshotVerbs() {}

    static Verb<Session> verb() {
        return new Verb<>(
                List.of("snapshots", "snapshot"),
                "Manage snapshots",
                "",
                "",
                List.of(SNAPSHOTTER),
                List.of(
                        Verb.of(
                                "commit",
                                "Commit an active snapshot into the provided name",
                                "<key> <active>",
                                List.of(),
                                SnapshotVerbs::commit),
                        Verb.of(
                                "diff",
                                "Get the diff of two snapshots. the default second snapshot is the first snapshot's parent.",
                                "[flags] <idA> [<idB>]",
                                List.of(
                                        Flag.text("media-type", "Media type of the diff")
                                                .or("application/vnd.oci.image.layer.v1.tar+gzip"),
                                        Flag.text("ref", "Name of the ingest"),
                                        Flag.bool("keep", "Keep the diff in the content store"),
                                        Flag.texts("label", "Label of the diff")),
                                SnapshotVerbs::diff),
                        Verb.of("info", "Get info about a snapshot", "<key>", List.of(), SnapshotVerbs::info),
                        Verb.of("list ls", "List snapshots", "", List.of(), SnapshotVerbs::list),
                        Verb.of(
                                "mounts m mount",
                                "Mount gets mount commands for the snapshots",
                                "<target> <key>",
                                List.of(Flag.bool("temp", "Have the daemon mount it, and print a bind mount")),
                                SnapshotVerbs::mounts),
                        Verb.of(
                                "prepare",
                                "Prepare a snapshot from a committed snapshot",
                                "[flags] <key> [<parent>]",
                                List.of(TARGET, MOUNTS),
                                SnapshotVerbs::prepare),
                        Verb.of(
                                "delete del remove rm",
                                "Remove snapshots",
                                "<key> [<key>, ...]",
                                List.of(),
                                SnapshotVerbs::remove),
                        Verb.of(
                                "label",
                                "Add labels to content",
                                "<name> [<label>=<value> ...]",
                                List.of(),
                                SnapshotVerbs::label),
                        Verb.of("tree", "Display tree view of snapshot branches", "", List.of(), SnapshotVerbs::tree),
                        Verb.of(
                                "unpack",
                                "Unpack applies layers from a manifest to a snapshot",
                                "[flags] <digest>",
                                List.of(Flag.bool("sync-fs", "Write files to disk before going on"), SNAPSHOTTER),
                                SnapshotVerbs::unpack),
                        Verb.of(
                                "usage",
                                "Usage snapshots",
                                "[flags] [<key>, ...]",
                                List.of(Flag.bool("b", "Show sizes in bytes")),
                                SnapshotVerbs::usage),
                        Verb.of(
                                "view",
                                "Create a read-only snapshot from a committed snapshot",
                                "[flags] <key> [<parent>]",
                                List.of(TARGET, MOUNTS),
                                SnapshotVerbs::view)),
                (_, _) -> 0);
    }

    private static Snapshots snapshots(Line line, Session session) {
        Connection connection = session.connect(line);
        return new Snapshots(connection, Snapshots.chosen(connection, line.text("snapshotter")));
    }

    private static String kind(Info info) {
        var name = info.getKind().name();
        return name.charAt(0) + name.substring(1).toLowerCase(Locale.ROOT);
    }

    private static int list(Line line, Session session) {
        var table = Table.narrow().row("KEY", "PARENT", "KIND");
        snapshots(line, session)
                .walk(line.arguments(), info -> table.row(info.getName(), info.getParent(), kind(info)));
        session.terminal().out().print(table.text());
        return 0;
    }

    private static int tree(Line line, Session session) {
        var children = new TreeMap<String, List<String>>();
        snapshots(line, session)
                .walk(
                        List.of(),
                        info -> children.computeIfAbsent(info.getParent(), _ -> new ArrayList<>())
                                .add(info.getName()));
        children.getOrDefault("", List.of()).stream().sorted().forEach(root -> branch(session, children, root, 0));
        return 0;
    }

    private static void branch(Session session, Map<String, List<String>> children, String name, int depth) {
        session.terminal().line(depth == 0 ? " " + name : "   ".repeat(depth - 1) + "  \\_ " + name);
        children.getOrDefault(name, List.of()).stream()
                .sorted()
                .forEach(child -> branch(session, children, child, depth + 1));
    }

    private static int usage(Line line, Session session) {
        var snapshots = snapshots(line, session);
        var keys = new ArrayList<>(line.arguments());
        if (keys.isEmpty()) {
            snapshots.walk(List.of(), info -> keys.add(info.getName()));
        }
        var table = Table.narrow().row("KEY", "SIZE", "INODES");
        for (var key : keys) {
            var usage = snapshots.usage(key);
            table.row(
                    key,
                    line.flag("b") ? Long.toString(usage.getSize()) : Units.bytes(usage.getSize()),
                    usage.getInodes());
        }
        session.terminal().out().print(table.text());
        return 0;
    }

    private static int remove(Line line, Session session) {
        if (line.arguments().isEmpty()) {
            throw UsageFailure.of("please specify a snapshot");
        }
        var snapshots = snapshots(line, session);
        return Each.of(line.arguments(), "failed to remove \"%s\"", session, snapshots::remove);
    }

    private static int prepare(Line line, Session session) {
        return make(line, session, true);
    }

    private static int view(Line line, Session session) {
        return make(line, session, false);
    }

    private static int make(Line line, Session session, boolean writable) {
        if (line.arguments().isEmpty() || line.arguments().size() > 2) {
            throw UsageFailure.answeredWithHelp();
        }
        var key = line.argument(0);
        var parent = line.argument(1);
        // without a lease, the collector must be told by a label that the snapshot is wanted
        var labels = Map.of("containerd.io/gc.root", session.clock().instant().toString());
        var snapshots = snapshots(line, session);
        var mounts = writable ? snapshots.prepare(key, parent, labels) : snapshots.view(key, parent, labels);
        if (!line.text("target").isEmpty()) {
            print(session, line.text("target"), mounts);
        }
        if (line.flag("mounts")) {
            printJson(session, mounts);
        }
        return 0;
    }

    private static void printJson(Session session, List<Mount> mounts) {
        var all = Json.object().putArray("mounts");
        for (var mount : mounts) {
            var tree = all.addObject();
            tree.put("Type", mount.getType()).put("Source", mount.getSource()).put("Target", mount.getTarget());
            var options = tree.putArray("Options");
            mount.getOptionsList().forEach(options::add);
        }
        session.terminal().line(Json.pretty(all, "    "));
    }

    private static void print(Session session, String target, List<Mount> mounts) {
        for (var mount : mounts) {
            session.terminal()
                    .line("mount -t " + mount.getType() + " " + mount.getSource() + " " + target + " -o "
                            + String.join(",", mount.getOptionsList()));
        }
    }

    private static int mounts(Line line, Session session) {
        if (line.arguments().size() != 2) {
            throw UsageFailure.answeredWithHelp();
        }
        var key = line.argument(1);
        var mounts = snapshots(line, session).mounts(key);
        print(session, line.argument(0), activated(session.connect(line), "ctr" + key, mounts, line.flag("temp")));
        return 0;
    }

    /// What is left to mount once the daemon has done what only it can; all of it where there is nothing of that.
    static List<Mount> activated(Connection connection, String name, List<Mount> mounts, boolean temporary) {
        var request = ActivateRequest.newBuilder()
                .setName(name)
                .addAllMounts(mounts)
                .setTemporary(temporary)
                .build();
        var stub = connection.stub(MountsGrpc::newBlockingStub);
        try {
            return Connection.call(() -> stub.activate(request)).getInfo().getSystemList();
        } catch (NotImplemented nothingForTheDaemon) {
            return mounts;
        } catch (EngineException e) {
            throw e.within("activate error");
        }
    }

    /// Has the daemon give up what it did for mounts of this name, if anything.
    static void deactivated(Connection connection, String name) {
        var stub = connection.stub(MountsGrpc::newBlockingStub);
        try {
            Connection.find(() ->
                    stub.deactivate(DeactivateRequest.newBuilder().setName(name).build()));
        } catch (NotImplemented daemonOfOld) {
            // such a daemon does nothing for mounts
        }
    }

    private static int commit(Line line, Session session) {
        if (line.arguments().size() != 2) {
            throw UsageFailure.answeredWithHelp();
        }
        var labels = Map.of("containerd.io/gc.root", session.clock().instant().toString());
        snapshots(line, session).commit(line.argument(0), line.argument(1), labels);
        return 0;
    }

    private static int info(Line line, Session session) {
        if (line.arguments().size() != 1) {
            throw UsageFailure.answeredWithHelp();
        }
        var info = snapshots(line, session).stat(line.argument(0));
        var tree = Json.object();
        tree.put("Kind", kind(info)).put("Name", info.getName());
        if (!info.getParent().isEmpty()) {
            tree.put("Parent", info.getParent());
        }
        if (info.getLabelsCount() > 0) {
            var labels = tree.putObject("Labels");
            new TreeMap<>(info.getLabelsMap()).forEach(labels::put);
        }
        tree.put("Created", Wires.instant(info.getCreatedAt()).toString());
        tree.put("Updated", Wires.instant(info.getUpdatedAt()).toString());
        session.terminal().line(Json.pretty(tree, "    "));
        return 0;
    }

    private static int label(Line line, Session session) {
        if (line.argument(0).isEmpty()) {
            throw UsageFailure.of("please specify a snapshot");
        }
        var labels = Line.labels(line.argumentsFrom(1));
        var info = snapshots(line, session).label(line.argument(0), labels);
        session.terminal().line(Views.labels(info.getLabelsMap(), ""));
        return 0;
    }

    private static int unpack(Line line, Session session) {
        var digest = line.argument(0);
        Connection connection = session.connect(line);
        var images = new dev.coracle.commands.client.Images(connection);
        var image = images.list(List.of("target.digest==" + digest)).stream()
                .findFirst()
                .orElseThrow(() -> UsageFailure.of("manifest not found"));
        try (var lease = Lease.take(connection, session.clock())) {
            session.terminal()
                    .out()
                    .print("unpacking " + digest + " (" + image.getTarget().getMediaType() + ")...");
            session.terminal().flush();
            var unpack = new Unpack(
                    lease.connection(), Snapshots.chosen(connection, line.text("snapshotter")), line.flag("sync-fs"));
            unpack.image(
                    dev.coracle.commands.client.Images.target(image),
                    session.environment().platform());
            session.terminal().line("done");
        }
        return 0;
    }

    private static int diff(Line line, Session session) throws java.io.IOException {
        if (line.argument(0).isEmpty()) {
            throw UsageFailure.of("please provide a snapshot");
        }
        Connection connection = session.connect(line);
        try (var lease = Lease.take(connection, session.clock())) {
            var snapshots = snapshots(line, session);
            var right = line.argument(0);
            var left = line.argument(1).isEmpty() ? snapshots.stat(right).getParent() : line.argument(1);
            var temporary = new ArrayList<String>();
            try {
                var ref = line.text("ref").isEmpty() ? "diff-" + UUID.randomUUID() : line.text("ref");
                var request = DiffRequest.newBuilder()
                        .addAllLeft(mountsOf(snapshots, left, temporary))
                        .addAllRight(mountsOf(snapshots, right, temporary))
                        .setMediaType(line.text("media-type"))
                        .setRef(ref)
                        .putAllLabels(Line.labels(line.texts("label")));
                if (line.flag("keep")) {
                    request.putLabels(
                            "containerd.io/gc.root", session.clock().instant().toString());
                }
                var stub = lease.connection().stub(DiffGrpc::newBlockingStub);
                var made = Connection.call(() -> stub.diff(request.build())).getDiff();
                BlobOutput.write(
                        lease.connection(),
                        dev.coracle.base.Digest.parse(made.getDigest()),
                        session.terminal().out());
            } finally {
                temporary.forEach(snapshots::remove);
            }
        }
        return 0;
    }

    private static List<Mount> mountsOf(Snapshots snapshots, String key, List<String> temporary) {
        if (key.isEmpty() || snapshots.stat(key).getKind() == Kind.COMMITTED) {
            var view = "diff-view-" + UUID.randomUUID();
            var mounts = snapshots.view(view, key, Map.of());
            temporary.add(view);
            return mounts;
        }
        return snapshots.mounts(key);
    }
}
