package dev.coracle.setup;

import dev.coracle.setup.Finding.Fine;
import dev.coracle.setup.Finding.Notice;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Settings of the kernel that an ordinary user runs into sooner or later.
final class LimitsProbe implements Probe {
    private static final long FEW_INSTANCES = 512;
    private static final long FEW_WATCHES = 65536;

    @Override
    public String title() {
        return "the kernel's limits";
    }

    @Override
    public List<Finding> look(Ground ground) {
        var findings = new ArrayList<Finding>();
        number(ground, "net.ipv4.ip_unprivileged_port_start")
                .filter(first -> first > 80)
                .ifPresent(first -> findings.add(new Notice(
                        "ports",
                        "ports below " + first + " cannot be published",
                        setting("net.ipv4.ip_unprivileged_port_start=0"))));
        if (!mayPing(ground)) {
            findings.add(new Notice(
                    "ping",
                    "ping does not reach out of containers: net.ipv4.ping_group_range leaves this account out",
                    setting("'net.ipv4.ping_group_range=0 2147483647'")));
        }
        number(ground, "fs.inotify.max_user_instances")
                .filter(most -> most < FEW_INSTANCES)
                .ifPresent(most -> findings.add(new Notice(
                        "inotify-instances",
                        "fs.inotify.max_user_instances is " + most + " for all containers together",
                        setting("fs.inotify.max_user_instances=" + FEW_INSTANCES))));
        number(ground, "fs.inotify.max_user_watches")
                .filter(most -> most < FEW_WATCHES)
                .ifPresent(most -> findings.add(new Notice(
                        "inotify-watches",
                        "fs.inotify.max_user_watches is " + most + " for all containers together",
                        setting("fs.inotify.max_user_watches=" + FEW_WATCHES))));
        if (findings.isEmpty()) {
            findings.add(new Fine("limits", "wide enough"));
        }
        return findings;
    }

    private static Remedy setting(String line) {
        return Remedy.root("echo " + line + " >> /etc/sysctl.d/99-coracle.conf", "sysctl --system");
    }

    private static boolean mayPing(Ground ground) {
        var range = ground.sysctl("net.ipv4.ping_group_range").orElse("1\t0").split("\\s+");
        return range.length == 2
                && range[0].matches("\\d{1,10}")
                && range[1].matches("\\d{1,10}")
                && Long.parseLong(range[0]) <= ground.account().gid()
                && ground.account().gid() <= Long.parseLong(range[1]);
    }

    private static Optional<Long> number(Ground ground, String sysctl) {
        return ground.sysctl(sysctl).filter(text -> text.matches("\\d{1,18}")).map(Long::parseLong);
    }
}
