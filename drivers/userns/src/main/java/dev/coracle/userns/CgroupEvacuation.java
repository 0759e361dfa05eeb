package dev.coracle.userns;

import dev.coracle.linux.Mounts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Empties our control group into a group below it, so that controllers can be given to further groups: the kernel
/// allows
/// that only where no process is. Needs a group that was delegated to us.
public final class CgroupEvacuation {
    private CgroupEvacuation() {}

    /// @param name of the group below
    /// @return what could not be done
    public static List<String> evacuate(String name) throws IOException {
        var own = own();
        return own.isEmpty() ? List.of() : evacuate(own.get(), name);
    }

    /// Our group in the unified hierarchy, where there is one.
    private static Optional<Path> own() throws IOException {
        var mount = Mounts.list().stream()
                .filter(each -> each.type().equals("cgroup2"))
                .findFirst();
        var group = Files.readAllLines(Path.of("/proc/self/cgroup")).stream()
                .filter(line -> line.startsWith("0::/"))
                .map(line -> line.substring("0::/".length()))
                .findFirst();
        return mount.isPresent() && group.isPresent()
                ? Optional.of(Path.of(mount.get().target()).resolve(group.get()))
                : Optional.empty();
    }

    static List<String> evacuate(Path own, String name) throws IOException {
        var below = own.resolve(name);
        if (!Files.isDirectory(below)) {
            Files.createDirectory(below);
        }
        var failures = new ArrayList<String>();
        for (var pid : Files.readAllLines(own.resolve("cgroup.procs"))) {
            write(below.resolve("cgroup.procs"), pid, failures);
        }
        for (var controller :
                Files.readString(own.resolve("cgroup.controllers")).strip().split(" ")) {
            if (!controller.isEmpty()) {
                write(own.resolve("cgroup.subtree_control"), "+" + controller, failures);
            }
        }
        return List.copyOf(failures);
    }

    private static void write(Path file, String text, List<String> failures) {
        try {
            Files.writeString(file, text, StandardOpenOption.WRITE);
        } catch (IOException failure) {
            failures.add("evacuate the control group: write " + text + " to " + file + ": " + failure.getMessage());
        }
    }
}
