package dev.coracle.commands.ctr;

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

/// `ctr images mount` and `unmount`: an image's files at a place of this machine.
final class ImageMountVerbs {
    private ImageMountVerbs() {}

    static List<Verb<Session>> verbs() {
        return List.of(
                Verb.of(
                        "mount",
                        "Mount an image to a target path",
                        "[flags] <ref> <target>",
                        RegistryFlags.and(
                                ImageVerbs.SNAPSHOTTER,
                                Flag.bool("rw", "Mount so that it can be written"),
                                Flag.text("platform", "Platform of the image"),
                                Flag.bool("sync-fs", "Write unpacked files to disk before going on")),
                        ImageMountVerbs::mount),
                Verb.of(
                        "unmount",
                        "Unmount the image from the target",
                        "[flags] <target>",
                        List.of(
                                ImageVerbs.SNAPSHOTTER,
                                Flag.bool("rm", "Remove the snapshot after a successful unmount")),
                        ImageMountVerbs::unmount));
    }

    private static int mount(Line line, Session session) {
        var target = line.argument(1);
        if (line.argument(0).isEmpty()) {
            throw UsageFailure.of("please provide an image reference to mount");
        }
        if (target.isEmpty()) {
            throw UsageFailure.of("please provide a target path to mount to");
        }
        var host = session.environment().platform();
        var platform = line.text("platform").isEmpty() ? host : Platform.parse(line.text("platform"), host);
        Connection connection = session.connect(line);
        var snapshots = new Snapshots(connection, Snapshots.chosen(connection, line.text("snapshotter")));
        List<Mount> mounts;
        try (var lease = Lease.take(connection, session.clock())) {
            var image = new Images(connection).get(line.argument(0));
            var chain = new Unpack(lease.connection(), snapshots.name(), line.flag("sync-fs"))
                    .image(Images.target(image), platform)
                    .toString();
            session.terminal().line(chain);
            mounts = snapshot(line, session, snapshots, target, chain);
        }
        session.mounter().mount(mounts.stream().map(NewContainer::mount).toList(), session.path(target));
        session.terminal().line(target);
        return 0;
    }

    private static List<Mount> snapshot(Line line, Session session, Snapshots snapshots, String key, String chain) {
        var labels = Map.of("containerd.io/gc.root", session.clock().instant().toString());
        try {
            return line.flag("rw") ? snapshots.prepare(key, chain, labels) : snapshots.view(key, chain, labels);
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
        if (line.flag("rm")) {
            Connection connection = session.connect(line);
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
