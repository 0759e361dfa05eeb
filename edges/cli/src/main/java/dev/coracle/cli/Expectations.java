package dev.coracle.cli;

import dev.coracle.cli.line.Line;
import dev.coracle.cli.line.UsageFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// What flags and files say about the engine, which is what it is: said otherwise, it is an error. What the variables
/// say is meant for other programs, too.
record Expectations(Line line, SettingsFiles files, Host host) {
    /// Keys that would have to be true or filled in to mean anything, and why they cannot be.
    private static final Map<String, String> NOT_SERVED = Map.of(
            "kube_hide_dupe", "images are shown by all of their names",
            "selinux_enabled", "containers get no SELinux labels",
            "cdi_spec_dirs", "descriptions are read where the engine looks for them, which is also ~/.config/cdi",
            "userns_remap", "containers live in the user namespace of the engine",
            "bridge_ip", "the default network has the addresses that it was made with: create another network");

    void check() {
        NOT_SERVED.forEach(this::refuse);
        agree("snapshotter", "snapshotter", "start the engine with CONTAINERD_SNAPSHOTTER set to it");
        agree("cgroup-manager", "cgroup_manager", "it is systemd where the account has a systemd of its own");
        files.texts("address").forEach(this::requireOurs);
    }

    private void refuse(String key, String reason) {
        var value = files.texts(key);
        if (!value.isEmpty() && !value.equals(List.of("false")) && !value.equals(List.of(""))) {
            throw UsageFailure.of(files.nameOf(key) + ": " + key + ": " + reason);
        }
    }

    private void agree(String flag, String key, String remedy) {
        var wanted = line.has(flag)
                ? line.text(flag)
                : files.texts(key).stream().findFirst().orElse("");
        if (wanted.isEmpty()) {
            return;
        }
        var info = host.engine().in("default").system().info();
        var real = flag.equals("snapshotter") ? info.snapshotter() : info.cgroupDriver();
        if (!wanted.equals(real)) {
            throw UsageFailure.of((line.has(flag) ? "--" + flag : files.nameOf(key) + ": " + key) + ": " + wanted
                    + " is not what this engine works with, which is " + real + "\nhint: " + remedy);
        }
    }

    private void requireOurs(String address) {
        var path = Path.of(address.replaceFirst("^unix://", ""));
        if (!isOurs(path)) {
            throw UsageFailure.of(files.nameOf("address") + ": address: " + path + " is not the socket of this engine, "
                    + host.address() + "\nhint: name another engine by --address or CONTAINERD_ADDRESS");
        }
    }

    private boolean isOurs(Path path) {
        try {
            return path.equals(host.address()) || Files.isSameFile(path, host.address());
        } catch (IOException absent) {
            return false;
        }
    }
}
