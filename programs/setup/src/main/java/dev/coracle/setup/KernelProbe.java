package dev.coracle.setup;

import dev.coracle.setup.Finding.Fine;
import dev.coracle.setup.Finding.Notice;
import dev.coracle.setup.Finding.Obstacle;
import dev.coracle.setup.Finding.Warning;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// Which kernel this is, and what kind of machine around it.
final class KernelProbe implements Probe {
    private static final Pattern VERSION = Pattern.compile("(\\d+)\\.(\\d+).*", Pattern.DOTALL);

    @Override
    public String title() {
        return "the kernel";
    }

    @Override
    public List<Finding> look(Ground ground) {
        var findings = new ArrayList<Finding>();
        var release = ground.sysctl("kernel.osrelease").orElse("unknown");
        var version = VERSION.matcher(release);
        if (!version.matches()) {
            findings.add(new Notice("kernel", "the kernel's release \"" + release + "\" cannot be read", Remedy.NONE));
        } else {
            findings.add(of(release, Integer.parseInt(version.group(1)) * 1000 + Integer.parseInt(version.group(2))));
        }
        if (release.toLowerCase(java.util.Locale.ROOT).contains("microsoft")
                && !ground.isThere("/run/systemd/system")) {
            findings.add(new Notice(
                    "wsl",
                    "this is WSL without systemd: nothing starts the engine when the machine starts",
                    new Remedy("", List.of(), List.of("printf '[boot]\\nsystemd=true\\n' >> /etc/wsl.conf"))));
        }
        if (ground.lines("/proc/mounts").stream()
                .map(line -> line.split(" "))
                .anyMatch(words -> words.length > 3
                        && words[1].equals("/proc")
                        && List.of(words[3].split(",")).stream()
                                .anyMatch(option -> option.matches("hidepid=([12]|noaccess|invisible)")))) {
            findings.add(new Notice(
                    "hidepid",
                    "/proc hides other accounts' processes: top inside of containers shows their own only",
                    Remedy.NONE));
        }
        return findings;
    }

    private static Finding of(String release, int version) {
        if (version < 4018) {
            return new Obstacle(
                    "kernel", "the kernel is " + release + ", older than 4.18", Remedy.hint("install a newer kernel"));
        }
        if (version < 5011) {
            return new Warning(
                    "kernel",
                    "the kernel is " + release + ": before 5.11 there is no overlayfs for ordinary users",
                    Remedy.install("fuse-overlayfs")
                            .with(
                                    "containerd-rootless-setuptool.sh install-fuse-overlayfs uses fuse-overlayfs instead"));
        }
        return new Fine("kernel", release);
    }
}
