package dev.coracle.shim;

import dev.coracle.core.types.TypedBytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/// A specification as a shim finds it in the bundle: byte for byte what the client wrote, but for one
/// case. Clients write CPU shares of 1024, the kernel's default, into every specification; without a
/// cpu controller runc would fail to write what is so anyway, so there it is left out.
final class ShimSpec {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int DEFAULT_SHARES = 1024;

    private ShimSpec() {}

    /// @param controllers the file `cgroup.controllers` of the control groups' root
    static byte[] bytes(TypedBytes spec, Path controllers) {
        var given = spec.value();
        if (hasCpu(controllers)) {
            return given;
        }
        try {
            if (JSON.readTree(given) instanceof ObjectNode tree
                    && tree.path("linux").path("resources") instanceof ObjectNode resources
                    && resources.path("cpu") instanceof ObjectNode cpu
                    && cpu.path("shares").asLong(0) == DEFAULT_SHARES) {
                cpu.remove("shares");
                if (cpu.isEmpty()) {
                    resources.remove("cpu");
                }
                return JSON.writeValueAsBytes(tree);
            }
        } catch (JacksonException _) {
            return given; // the shim says what is wrong with it
        }
        return given;
    }

    private static boolean hasCpu(Path controllers) {
        try {
            return Arrays.asList(Files.readString(controllers).split("\\s+")).contains("cpu");
        } catch (IOException _) {
            return !Files.exists(controllers); // version 1 has no such file, and its own ways
        }
    }
}
