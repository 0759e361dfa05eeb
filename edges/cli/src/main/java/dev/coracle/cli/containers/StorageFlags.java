package dev.coracle.cli.containers;

import dev.coracle.cli.Session;
import dev.coracle.cli.line.Flag;
import dev.coracle.cli.line.Line;
import dev.coracle.cli.line.UsageFailure;
import dev.coracle.engine.containers.MountOption;
import dev.coracle.engine.containers.StorageOptions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/// The flags about the container's file systems.
final class StorageFlags {
    static final List<Flag> FLAGS = List.of(
            Flag.each("volume", "Mount a volume or a path of the host: source:target[:options]")
                    .letter('v'),
            Flag.each("mount", "Mount a file system: type=bind|volume|tmpfs,source=...,target=...")
                    .checked(MountFlag::check),
            Flag.each("tmpfs", "Mount memory: target[:options]"),
            Flag.each("volumes-from", "Mount what another container has mounted: container[:ro]"),
            Flag.bool("read-only", "Mount the root file system read only"),
            Flag.bytes("shm-size", "Size of /dev/shm"));

    private StorageFlags() {}

    static StorageOptions read(Session session, Line line) {
        var mounts = new ArrayList<MountOption>();
        line.texts("volume").forEach(word -> mounts.add(VolumeFlag.read(session, word)));
        line.texts("mount").forEach(word -> mounts.add(MountFlag.read(session, word)));
        line.texts("tmpfs").forEach(word -> mounts.add(tmpfs(word)));
        var targets = new HashSet<String>();
        for (var mount : mounts) {
            if (!targets.add(mount.target())) {
                throw UsageFailure.of("duplicate mount point: " + mount.target());
            }
        }
        return new StorageOptions(mounts, line.texts("volumes-from"), line.is("read-only"), line.bytes("shm-size"));
    }

    private static MountOption tmpfs(String word) {
        var colon = word.indexOf(':');
        var target = VolumeFlag.target(colon < 0 ? word : word.substring(0, colon), word);
        return new MountOption.Tmpfs(
                target,
                colon < 0 ? List.of() : List.of(word.substring(colon + 1).split(",")));
    }
}
