package dev.coracle.daemon;

import dev.coracle.base.Platform;
import dev.coracle.core.layers.LayerStore;
import dev.coracle.core.networks.Networks;
import dev.coracle.core.records.Records;
import dev.coracle.core.stores.Scope;
import dev.coracle.core.stores.Stores;
import dev.coracle.core.tasks.TaskRuntime;
import dev.coracle.engine.StoredEngine;
import dev.coracle.engine.containers.EngineParts;
import dev.coracle.engine.containers.EngineSettings;
import dev.coracle.engine.containers.ReadyImages;
import dev.coracle.engine.images.ImagePorts;
import dev.coracle.engine.images.Images;
import dev.coracle.engine.images.StoredImages;
import dev.coracle.engine.system.StoredSystem;
import dev.coracle.layers.LayerLimits;
import dev.coracle.layers.TarFileTrees;
import dev.coracle.logs.Services;
import dev.coracle.mounts.LinuxMounter;
import dev.coracle.oci.Capabilities;
import dev.coracle.runtime.ConmonRuntime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/// Puts the engine together out of the daemon's ports and what this machine is like.
final class EngineAssembly {
    private static final Path CONTROL_GROUPS = Path.of("/sys/fs/cgroup");

    private final Environment environment;
    private final Path root;
    private final String snapshotter;
    private final String architecture;
    private final String id;

    /// @param id of the daemon
    EngineAssembly(Environment environment, Path root, String snapshotter, String architecture, String id) {
        this.environment = environment;
        this.root = root;
        this.snapshotter = snapshotter;
        this.architecture = architecture;
        this.id = id;
    }

    /// The ports that the daemon has by now.
    record Given(
            Stores stores,
            Records records,
            TaskRuntime tasks,
            Networks networks,
            LayerStore layers,
            LinuxMounter mounter,
            Path temporary,
            EventBus events,
            RandomGenerator random,
            ImagePorts images) {}

    StoredEngine open(Given given) {
        var systemd = UserSystemd.find(environment, CONTROL_GROUPS);
        Function<String, Images> images = namespace -> images(given, namespace);
        var parts = new EngineParts(
                given.stores(),
                given.records(),
                given.tasks(),
                given.networks(),
                given.layers(),
                new TarFileTrees(given.mounter(), given.temporary(), LayerLimits.DEFAULT),
                given.events(),
                new Services(Path.of("/run/systemd/journal/socket"), Path.of("/dev/log")),
                memoized(namespace -> new ReadyImages(
                        images.apply(namespace),
                        given.stores().in(Scope.of(namespace)),
                        snapshotter,
                        given.images().host())),
                given.images().clock(),
                given.random(),
                settings(systemd));
        return new StoredEngine(parts, images, facts(systemd));
    }

    private static <T> Function<String, T> memoized(Function<String, T> make) {
        var known = new java.util.concurrent.ConcurrentHashMap<String, T>();
        return name -> known.computeIfAbsent(name, make);
    }

    private static Images images(Given given, String namespace) {
        return new StoredImages(
                given.images(),
                Scope.of(namespace),
                container -> given.tasks().list(namespace).stream()
                        .anyMatch(task -> task.containerId().equals(container.id())));
    }

    private EngineSettings settings(UserSystemd systemd) {
        return new EngineSettings(
                root,
                ConmonRuntime.NAME,
                snapshotter,
                systemd.isThere(),
                systemd.controllers(),
                environment.find("catatonit").or(() -> environment.find("tini")),
                architecture,
                capabilities(),
                Path.of("/etc/resolv.conf"),
                deviceSpecs());
    }

    /// The machine's, then the account's own.
    private List<Path> deviceSpecs() {
        var all = new ArrayList<>(List.of(Path.of("/etc/cdi"), Path.of("/var/run/cdi")));
        environment
                .setting("XDG_CONFIG_HOME")
                .map(Path::of)
                .or(() -> environment.setting("HOME").map(home -> Path.of(home, ".config")))
                .ifPresent(folder -> all.add(folder.resolve("cdi")));
        environment.setting("XDG_RUNTIME_DIR").ifPresent(folder -> all.add(Path.of(folder, "cdi")));
        return all;
    }

    /// What we have in our user namespace, which is what we can give.
    private static Set<String> capabilities() {
        try {
            return Files.readAllLines(Path.of("/proc/self/status")).stream()
                    .filter(line -> line.startsWith("CapBnd:"))
                    .map(line -> line.substring("CapBnd:".length()).strip())
                    .findFirst()
                    .map(bits -> Set.copyOf(Capabilities.of(Long.parseUnsignedLong(bits, 16))))
                    .orElse(Set.of());
        } catch (IOException none) {
            return Set.of();
        }
    }

    private StoredSystem.Facts facts(UserSystemd systemd) {
        var warnings = new ArrayList<String>();
        if (!systemd.isThere()) {
            warnings.add("no limits can be set, because there is no systemd of the user here");
        } else {
            for (var controller : List.of("memory", "cpu", "cpuset", "io", "pids")) {
                if (!systemd.controllers().contains(controller)) {
                    warnings.add("no " + controller + " limit support");
                }
            }
        }
        return new StoredSystem.Facts(
                id,
                hostName(),
                Release.VERSION,
                snapshotter,
                root.toString(),
                systemd.word(),
                systemd.controllers().stream().sorted().toList(),
                ConmonRuntime.NAME,
                warnings,
                HostMachine.look());
    }

    private static String hostName() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
        } catch (IOException unknown) {
            return "";
        }
    }

    /// This machine.
    Platform host() {
        return new Platform("linux", architecture, "");
    }
}
