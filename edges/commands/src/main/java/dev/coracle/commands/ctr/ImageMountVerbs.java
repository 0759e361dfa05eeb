package dev.coracle.commands.ctr;

import dev.coracle.base.EngineException;
import dev.coracle.base.EngineException.AlreadyExists;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.base.Platform;
import dev.coracle.commands.Session;
import dev.coracle.commands.client.Connection;
import dev.coracle.commands.client.Images;
import dev.coracle.commands.client.Lease;
import dev.coracle.commands.client.Snapshots;
import dev.coracle.commands.client.Unpack;
import dev.coracle.commands.line.Flag;
import dev.coracle.commands.line.Line;
import dev.coracle.commands.line.UsageFailure;
import dev.coracle.commands.line.Verb;
import dev.coracle.containerd.api.types.Mount;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// `ctr images mount` and `unmount`: an image's files at a place of this machine.
final class ImageMountVerbs {
    private static final Flag LABEL = Flag.texts("label", "Kept for scripts: a mount has no labels");

    private ImageMountVerbs() {}

    static List<Verb<Session>> verbs() {
        return List.of(
                Verb.of(
                        "mount",
                        "Mount an image to a target path",
                        "[flags] <ref> [<target>]",
                        RegistryFlags.and(
                                ImageVerbs.SNAPSHOTTER,
                                LABEL,
                                Flag.bool("rw", "Mount so that it can be written"),
                                Flag.text("platform", "Platform of the image; without it, this machine's"),
                                Flag.bool("sync-fs", "Write unpacked files to disk before going on"),
                                Flag.duration("expiration x", "How long the snapshot is kept")
                                        .or("1h0m0s")),
                        ImageMountVerbs::mount),
                Verb.of(
                        "unmount",
                        "Unmount the image from the target",
                        "[flags] <target>",
                        RegistryFlags.and(
                                ImageVerbs.SNAPSHOTTER,
                                LABEL,
                                Flag.bool("rm", "Remove the snapshot after a successful unmount")),
                        ImageMountVerbs::unmount));
    }

    private static int mount(Line line, Session session) {
        if (line.argument(0).isEmpty()) {
            throw UsageFailure.of("please provide an image reference to mount");
        }
        var target = line.argument(1);
        var key = target.isEmpty() ? "ctr-images-mount-" + UUID.randomUUID() : target;
        var host = session.environment().platform();
        var platform = line.text("platform").isEmpty() ? host : Platform.parse(line.text("platform"), host);
        Connection connection = session.connect(line);
        var lease = Lease.named(connection, key, line.duration("expiration"), session.clock());
        try {
            var snapshots = new Snapshots(lease.connection(), Snapshots.chosen(connection, line.text("snapshotter")));
            var image = new Images(connection).get(line.argument(0));
            var chain = new Unpack(lease.connection(), snapshots.name(), line.flag("sync-fs"))
                    .image(Images.target(image), platform)
                    .toString();
            session.terminal().line(chain);
            var mounts = SnapshotVerbs.activated(lease.connection(), key, snapshot(line, snapshots, key, chain), true);
            session.terminal()
                    .line(target.isEmpty() ? source(mounts) : mounted(session, connection, mounts, snapshots, target));
            return 0;
        } catch (RuntimeException e) {
            lease.close();
            throw e;
        }
    }

    /// Without a place to mount to, what is one directory anyway can be used where it is.
    private static String source(List<Mount> mounts) {
        if (mounts.size() != 1 || !mounts.getFirst().getType().equals("bind")) {
            throw UsageFailure.of("cannot handle returned mounts: "
                    + mounts.stream().map(Mount::getType).toList() + ": name a target");
        }
        return mounts.getFirst().getSource();
    }

    private static String mounted(
            Session session, Connection connection, List<Mount> mounts, Snapshots snapshots, String target) {
        try {
            session.mounter().mount(mounts.stream().map(NewContainer::mount).toList(), session.path(target));
        } catch (EngineException e) {
            SnapshotVerbs.deactivated(connection, target);
            snapshots.remove(target);
            throw e.within("failed to mount");
        }
        return target;
    }

    private static List<Mount> snapshot(Line line, Snapshots snapshots, String key, String chain) {
        try {
            return line.flag("rw") ? snapshots.prepare(key, chain, Map.of()) : snapshots.view(key, chain, Map.of());
        } catch (AlreadyExists mountedBefore) {
            return snapshots.mounts(key);
        }
    }

    private static int unmount(Line line, Session session) {
        var target = line.argument(0);
        if (target.isEmpty()) {
            throw UsageFailure.of("please provide a target path to unmount from");
        }
        session.mounter().unmount(session.path(target));
        Connection connection = session.connect(line);
        SnapshotVerbs.deactivated(connection, target);
        if (line.flag("rm")) {
            Lease.end(connection, target);
            try {
                new Snapshots(connection, Snapshots.chosen(connection, line.text("snapshotter"))).remove(target);
            } catch (NotFound gone) {
                // as wanted
            }
        }
        session.terminal().line(target);
        return 0;
    }
}
