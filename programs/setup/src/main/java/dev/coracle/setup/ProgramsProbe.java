package dev.coracle.setup;

import dev.coracle.setup.Finding.Fine;
import dev.coracle.setup.Finding.Obstacle;
import dev.coracle.setup.Finding.Warning;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/// The programs of others that the engine is built on, and the devices they open.
final class ProgramsProbe implements Probe {
    /// Some programs of which one is enough, the first being the best.
    private record Need(List<String> programs, String debianPackage, String what) {}

    private static final List<Need> NEEDS = List.of(
            new Need(List.of("crun", "runc"), "crun", "starts containers"),
            new Need(List.of("conmon"), "conmon", "holds a container's output and exit status"),
            new Need(List.of("unshare"), "util-linux", "makes user namespaces"),
            new Need(List.of("setpriv"), "util-linux", "ends programs together with their starter"),
            new Need(List.of("nsenter"), "util-linux", "enters the engine's namespaces"));

    @Override
    public String title() {
        return "programs and devices";
    }

    @Override
    public List<Finding> look(Ground ground) {
        var findings = new ArrayList<Finding>();
        Predicate<String> installed = name -> ground.program(name).isPresent();
        for (var need : NEEDS) {
            if (need.programs().stream().noneMatch(installed)) {
                findings.add(new Obstacle(
                        need.programs().getFirst(),
                        "the program that " + need.what() + " is not installed: "
                                + String.join(" or ", need.programs()),
                        Remedy.install(need.debianPackage())));
            } else {
                findings.add(new Fine(need.programs().getFirst(), "installed"));
            }
        }
        findings.add(network(installed));
        device(ground, "/dev/net/tun", "containers have no network", "modprobe tun", findings);
        if (installed.test("fuse-overlayfs")) {
            device(ground, "/dev/fuse", "fuse-overlayfs cannot be used", "modprobe fuse", findings);
        }
        return findings;
    }

    private static Finding network(Predicate<String> installed) {
        if (installed.test("pasta")) {
            return new Fine("network", "pasta");
        }
        return installed.test("slirp4netns")
                ? new Warning(
                        "network",
                        "containers reach the network by slirp4netns: pasta, which is faster, is not installed",
                        Remedy.install("passt"))
                : new Obstacle(
                        "network",
                        "nothing connects containers to the network: neither pasta nor slirp4netns is installed",
                        Remedy.install("passt"));
    }

    private static void device(Ground ground, String device, String effect, String load, List<Finding> findings) {
        var file = ground.at(device);
        if (!java.nio.file.Files.exists(file)) {
            findings.add(new Warning(device, "there is no " + device + ": " + effect, Remedy.root(load)));
        } else if (!java.nio.file.Files.isReadable(file) || !java.nio.file.Files.isWritable(file)) {
            findings.add(new Warning(
                    device,
                    device + " may not be opened by " + ground.account().name() + ": " + effect,
                    Remedy.root("chmod 0666 " + device)));
        } else {
            findings.add(new Fine(device, "usable"));
        }
    }
}
