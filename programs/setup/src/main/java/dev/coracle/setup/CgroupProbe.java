package dev.coracle.setup;

import dev.coracle.setup.Finding.Fine;
import dev.coracle.setup.Finding.Notice;
import dev.coracle.setup.Finding.Warning;
import java.util.ArrayList;
import java.util.List;

/// Whether limits can be set: cgroup v2, and what of it root leaves to the account.
final class CgroupProbe implements Probe {
    private static final List<String> NEEDED = List.of("cpu", "memory", "pids");
    private static final List<String> WISHED = List.of("cpuset", "io");
    private static final String DROP_IN = "/etc/systemd/system/user@.service.d/delegate.conf";

    @Override
    public String title() {
        return "cgroup v2";
    }

    @Override
    public List<Finding> look(Ground ground) {
        var uid = ground.account().uid();
        var file = "/sys/fs/cgroup/user.slice/user-%1$d.slice/user@%1$d.service/cgroup.controllers".formatted(uid);
        var controllers = ground.text(file);
        if (controllers.isEmpty()) {
            var unified = ground.isThere("/sys/fs/cgroup/cgroup.controllers");
            return List.of(
                    new Warning(
                            "cgroup",
                            unified
                                    ? "no cgroups are delegated to this account: containers run, a limit for one is refused"
                                    : "this machine has no cgroup v2 alone: containers run, a limit for one is refused",
                            Remedy.hint(
                                    unified
                                            ? "a login session on a machine with systemd has cgroups of its own"
                                            : "with systemd, the kernel's option systemd.unified_cgroup_hierarchy=1 brings it")));
        }
        var given = List.of(controllers.get().split("\\s+"));
        var findings = new ArrayList<Finding>();
        for (var name : NEEDED) {
            if (!given.contains(name)) {
                findings.add(new Warning(
                        "cgroup-" + name,
                        "The cgroup v2 controller \"" + name + "\" is not delegated for the current user (\"" + file
                                + "\"): its limits are refused",
                        delegate()));
            }
        }
        for (var name : WISHED) {
            if (!given.contains(name)) {
                findings.add(new Notice(
                        "cgroup-" + name,
                        "the cgroup v2 controller \"" + name + "\" is not delegated: its limits are refused",
                        delegate()));
            }
        }
        if (findings.isEmpty()) {
            findings.add(new Fine("cgroup", controllers.get()));
        }
        return findings;
    }

    private static Remedy delegate() {
        return Remedy.root(
                "mkdir -p /etc/systemd/system/user@.service.d",
                "printf '[Service]\\nDelegate=cpu cpuset io memory pids\\n' > " + DROP_IN,
                "systemctl daemon-reload");
    }
}
