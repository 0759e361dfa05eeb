package dev.coracle.commands.ctr;

import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.linux.ErrnoException;
import dev.coracle.linux.FileName;
import dev.coracle.linux.FileStatus;
import dev.coracle.oci.RuntimeSpec.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Device nodes of this machine.
final class HostDevices {
    private static final Path DEV = Path.of("/dev");
    private static final Set<String> NO_DEVICES =
            Set.of("pts", "shm", "fd", "mqueue", ".lxc", ".lxd-mounts", ".udev", "console");

    private HostDevices() {}

    /// All of `/dev`, except what a container has of its own.
    static List<Device> all() throws IOException {
        var devices = new ArrayList<Device>();
        collect(DEV, devices);
        return devices;
    }

    /// One device, or those in a directory.
    static List<Device> at(Path path) throws IOException {
        if (Files.isDirectory(path)) {
            var devices = new ArrayList<Device>();
            collect(path, devices);
            return devices;
        }
        return List.of(device(path.toRealPath(), path.toString())
                .orElseThrow(() -> new InvalidArgument("--device: " + path + " is not a device node")));
    }

    private static void collect(Path folder, List<Device> devices) throws IOException {
        try (var entries = Files.newDirectoryStream(folder)) {
            for (var entry : entries) {
                if (NO_DEVICES.contains(entry.getFileName().toString())) {
                    continue;
                }
                if (Files.isDirectory(entry, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
                    collect(entry, devices);
                } else {
                    device(entry, entry.toString()).ifPresent(devices::add);
                }
            }
        }
    }

    private static Optional<Device> device(Path path, String name) throws ErrnoException {
        var status = FileStatus.of(FileName.of(path));
        var type = switch (status.type()) {
            case CHARACTER_DEVICE -> "c";
            case BLOCK_DEVICE -> "b";
            default -> "";
        };
        return type.isEmpty()
                ? Optional.empty()
                : Optional.of(new Device(
                        name,
                        type,
                        status.special().major(),
                        status.special().minor(),
                        status.permissions(),
                        status.owner(),
                        status.group()));
    }
}
