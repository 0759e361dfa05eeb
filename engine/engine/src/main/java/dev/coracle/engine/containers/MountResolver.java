package dev.coracle.engine.containers;

import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.engine.containers.ContainerView.MountView;
import dev.coracle.engine.volumes.Volume;
import dev.coracle.engine.volumes.Volumes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// Turns what is asked for into mounts; volumes are made here.
final class MountResolver {
    private final Volumes volumes;
    private final Function<String, ContainerDoc> containers;
    private final List<Volume> made = new ArrayList<>();
    private final Map<String, MountView> mounts = new LinkedHashMap<>();
    private final List<MountView> toFill = new ArrayList<>();

    /// @param containers finds the container of `--volumes-from`
    MountResolver(Volumes volumes, Function<String, ContainerDoc> containers) {
        this.volumes = volumes;
        this.containers = containers;
    }

    List<MountView> resolve(ContainerOptions options, ContainerConfig config) {
        for (var words : options.storage().volumesFrom()) {
            from(words);
        }
        var asked = new ArrayList<String>();
        for (var wanted : options.storage().mounts()) {
            var target = target(wanted.target());
            if (asked.contains(target)) {
                throw new InvalidArgument("duplicate mount point: " + target);
            }
            asked.add(target);
            mounts.put(target, mount(wanted, target));
        }
        for (var declared : config.volumes()) {
            var target = target(declared);
            if (!mounts.containsKey(target)) {
                mounts.put(target, volume(new MountOption.Named("", target, false, true, List.of()), target));
            }
        }
        return List.copyOf(mounts.values());
    }

    /// Volumes that are empty and get what the image has in their place.
    List<MountView> toFill() {
        return List.copyOf(toFill);
    }

    /// Volumes that did not exist before.
    List<Volume> made() {
        return List.copyOf(made);
    }

    private static String target(String path) {
        if (!path.startsWith("/")) {
            throw new InvalidArgument("invalid mount path: \"" + path + "\" mount path must be absolute");
        }
        var target = Path.of(path).normalize().toString();
        if (target.equals("/")) {
            throw new InvalidArgument("invalid mount path: \"" + path + "\" destination can't be '/'");
        }
        return target;
    }

    private void from(String words) {
        var colon = words.lastIndexOf(':');
        var mode = colon < 0 ? "" : words.substring(colon + 1);
        if (!mode.isEmpty() && !mode.equals("ro") && !mode.equals("rw")) {
            throw new InvalidArgument("invalid mode in --volumes-from: " + words);
        }
        var other = containers.apply(colon < 0 ? words : words.substring(0, colon));
        for (var mount : other.mounts()) {
            if (!mount.type().equals("tmpfs")) {
                mounts.put(
                        mount.destination(),
                        new MountView(
                                mount.type(),
                                mount.name(),
                                mount.source(),
                                mount.destination(),
                                mount.mode(),
                                mount.writable() && !mode.equals("ro"),
                                mount.propagation()));
            }
        }
    }

    private MountView mount(MountOption wanted, String target) {
        return switch (wanted) {
            case MountOption.Tmpfs tmpfs ->
                new MountView("tmpfs", "", "", target, String.join(",", tmpfs.options()), true, "");
            case MountOption.Named named -> volume(named, target);
            case MountOption.Bind bind -> bind(bind, target);
        };
    }

    private static MountView bind(MountOption.Bind bind, String target) {
        var source = bind.source();
        if (!source.isAbsolute()) {
            throw new InvalidArgument("mount source \"" + source + "\" must be absolute");
        }
        if (!Files.exists(source)) {
            if (!bind.createSource()) {
                throw new NotFound("bind source path does not exist: " + source);
            }
            try {
                Files.createDirectories(source);
            } catch (java.io.IOException failure) {
                throw dev.coracle.base.FileFailures.of("make mount source " + source, failure);
            }
        }
        return new MountView(
                "bind",
                "",
                source.toString(),
                target,
                String.join(",", bind.options()),
                !bind.readOnly(),
                bind.options().stream()
                        .filter(option ->
                                option.endsWith("shared") || option.endsWith("slave") || option.endsWith("private"))
                        .findFirst()
                        .orElse("rprivate"));
    }

    private MountView volume(MountOption.Named named, String target) {
        var isKnown = !named.name().isEmpty()
                && volumes.list().stream().anyMatch(volume -> volume.name().equals(named.name()));
        var volume = named.name().isEmpty() ? volumes.createOwned() : volumes.create(named.name(), Map.of());
        if (!isKnown) {
            made.add(volume);
        }
        var mount = new MountView(
                "volume",
                volume.name(),
                volume.mountpoint().toString(),
                target,
                String.join(",", named.options()),
                !named.readOnly(),
                "");
        if (named.copy() && isEmpty(volume.mountpoint())) {
            toFill.add(mount);
        }
        return mount;
    }

    private static boolean isEmpty(Path directory) {
        try (var entries = Files.newDirectoryStream(directory)) {
            return !entries.iterator().hasNext();
        } catch (java.io.IOException unreadable) {
            return false;
        }
    }
}
