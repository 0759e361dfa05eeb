package dev.coracle.setup;

import dev.coracle.setup.Finding.Fine;
import dev.coracle.setup.Finding.Notice;
import dev.coracle.setup.Finding.Obstacle;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Where images will lie: file systems of a network know nothing of user namespaces.
final class StorageProbe implements Probe {
    private static final Set<String> REMOTE = Set.of(
            "nfs", "nfs4", "cifs", "smb3", "9p", "afs", "ceph", "glusterfs", "lustre", "fuse.sshfs", "fuse.glusterfs");
    private static final Set<String> LOST_AT_BOOT = Set.of("tmpfs", "ramfs");

    @Override
    public String title() {
        return "the file system";
    }

    @Override
    public List<Finding> look(Ground ground) {
        var folder = ground.dataFolder();
        var mount = mount(ground, folder);
        var findings = new ArrayList<Finding>();
        if (REMOTE.contains(mount.type())) {
            findings.add(new Obstacle(
                    "file-system",
                    folder + " would lie on " + mount.type() + " (" + mount.place()
                            + "), which refuses files of sub-ids",
                    Remedy.hint("set XDG_DATA_HOME to a folder on a local disk, or root in "
                            + ground.configFolder().resolve("containerd/config.toml"))));
        } else if (LOST_AT_BOOT.contains(mount.type())) {
            findings.add(new Notice(
                    "file-system",
                    folder + " lies on " + mount.type() + ": images and containers are lost when the machine restarts",
                    Remedy.hint("set XDG_DATA_HOME to a folder on a disk")));
        } else {
            findings.add(new Fine("file-system", mount.type() + " at " + mount.place()));
        }
        if (mount.options().contains("noexec")) {
            findings.add(new Obstacle(
                    "noexec",
                    mount.place() + " is mounted noexec: no program of an image could be started",
                    Remedy.hint("set XDG_DATA_HOME to a folder on another file system")));
        }
        if (mount.options().contains("nodev") || mount.options().contains("nosuid")) {
            findings.add(new Notice(
                    "nosuid",
                    mount.place() + " is mounted " + (mount.options().contains("nosuid") ? "nosuid" : "nodev")
                            + ": set-user-id programs of images have no effect beyond their container's rights",
                    Remedy.NONE));
        }
        if (ground.lines("/proc/mounts").stream()
                .anyMatch(line -> line.contains(" " + ground.home() + " ") && line.contains("/dev/mapper/home-"))) {
            findings.add(new Notice(
                    "homed",
                    "the home is systemd-homed's: sub-ids have to lie between 524288 and 1878982656",
                    Remedy.NONE));
        }
        return findings;
    }

    private record Mount(String place, String type, List<String> options) {}

    /// The mount with the longest path above the folder; of two on one path the later lies on top.
    private static Mount mount(Ground ground, Path folder) {
        var best = new Mount("/", "unknown", List.of());
        for (var line : ground.lines("/proc/mounts")) {
            var words = line.split(" ");
            if (words.length < 4) {
                continue;
            }
            var place = words[1].replace("\\040", " ");
            if (folder.startsWith(place) && place.length() >= best.place().length()) {
                best = new Mount(place, words[2], List.of(words[3].split(",")));
            }
        }
        return best;
    }
}
