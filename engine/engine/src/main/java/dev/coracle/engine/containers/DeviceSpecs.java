package dev.coracle.engine.containers;

import dev.coracle.base.EngineException;
import dev.coracle.base.EngineException.FailedPrecondition;
import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.oci.CdiSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// What the machine says about its devices (Container Device Interface): files in directories, of which a later one
/// outranks an earlier one. They are read when a container with such a device is made.
final class DeviceSpecs {
    /// A name without a vendor is looked for at these, in this order.
    private static final List<String> GPU_VENDORS = List.of("nvidia.com/", "amd.com/");

    private final List<Path> directories;

    DeviceSpecs(List<Path> directories) {
        this.directories = directories;
    }

    private record Device(CdiSpec spec, CdiSpec.Edits edits) {}

    /// What the named devices need, all together.
    ///
    /// @param names `vendor/class=device`, or `gpu=device` of whatever vendor there is
    /// @throws FailedPrecondition when one is not described here
    List<CdiSpec.Edits> edits(List<String> names) {
        if (names.isEmpty()) {
            return List.of();
        }
        var unread = new ArrayList<EngineException>();
        var known = known(unread);
        var edits = new LinkedHashSet<CdiSpec.Edits>();
        for (var name : names) {
            var device = Optional.ofNullable(known.get(name))
                    .or(() -> GPU_VENDORS.stream()
                            .flatMap(vendor -> Optional.ofNullable(known.get(vendor + name)).stream())
                            .findFirst())
                    .orElseThrow(() -> unknown(name, unread));
            edits.add(device.spec().always());
            edits.add(device.edits());
        }
        return List.copyOf(edits);
    }

    private EngineException unknown(String name, List<EngineException> unread) {
        var places = directories.stream().map(Path::toString).collect(Collectors.joining(", "));
        var failures = unread.stream().map(failure -> "; " + failure.message()).collect(Collectors.joining());
        return new FailedPrecondition("unresolvable CDI devices " + name + failures)
                .remedy("describe it by a file in one of " + places
                        + " (NVIDIA: nvidia-ctk cdi generate --output=$HOME/.config/cdi/nvidia.yaml)");
    }

    private Map<String, Device> known(List<EngineException> unread) {
        var known = new HashMap<String, Device>();
        for (var directory : directories) {
            var here = new HashMap<String, Device>();
            for (var file : files(directory)) {
                try {
                    var spec = CdiSpec.parse(Files.readAllBytes(file), file.toString());
                    spec.devices().forEach((name, edits) -> {
                        var full = spec.kind() + "=" + name;
                        if (here.put(full, new Device(spec, edits)) != null) {
                            throw new InvalidArgument("device " + full + " is described twice in " + directory);
                        }
                    });
                } catch (InvalidArgument malformed) {
                    unread.add(malformed);
                } catch (IOException e) {
                    unread.add(new InvalidArgument("read " + file + ": " + e.getMessage(), e));
                }
            }
            known.putAll(here);
        }
        return known;
    }

    private static List<Path> files(Path directory) {
        try (var files = Files.list(directory)) {
            return files.filter(file -> file.toString().matches(".*\\.(json|yaml)"))
                    .sorted()
                    .toList();
        } catch (NoSuchFileException | NotDirectoryException none) {
            return List.of();
        } catch (IOException e) {
            throw new InvalidArgument("read " + directory + ": " + e.getMessage(), e);
        }
    }
}
