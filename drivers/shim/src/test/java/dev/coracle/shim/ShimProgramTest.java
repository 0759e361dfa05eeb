package dev.coracle.shim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.base.EngineException.Unknown;
import dev.coracle.core.types.TypedBytes;
import dev.coracle.processes.Spawner;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShimProgramTest {
    private static ShimSettings settings(Path folder, boolean debug) {
        return new ShimSettings(
                folder.resolve("root"),
                folder.resolve("state"),
                Path.of("/run/c.sock"),
                Path.of("/run/c.sock.ttrpc"),
                Path.of("/opt/bin/containerd"),
                List.of(folder),
                Map.of("PATH", "/usr/bin:/bin"),
                debug,
                "v2.2.0");
    }

    @Test
    void the_words_are_those_that_shims_know(@TempDir Path folder) {
        assertThat(ShimProgram.arguments(settings(folder, true), "ns", "id", List.of("-bundle", "/b"), "delete"))
                .containsExactly(
                        "-namespace",
                        "ns",
                        "-address",
                        "/run/c.sock",
                        "-publish-binary",
                        "/opt/bin/containerd",
                        "-id",
                        "id",
                        "-debug",
                        "-bundle",
                        "/b",
                        "delete");
    }

    @Test
    void a_name_becomes_a_program_by_its_last_two_words(@TempDir Path folder) throws Exception {
        assertThat(ShimPrograms.programName("io.containerd.runc.v2")).contains("containerd-shim-runc-v2");
        assertThat(ShimPrograms.programName("kata.v2")).isEmpty();
        var program = script(folder, "containerd-shim-toy-v2", "exit 0");
        assertThat(ShimPrograms.find("org.example.toy.v2", List.of(folder))).isEqualTo(program);
        assertThat(ShimPrograms.find(program.toString(), List.of())).isEqualTo(program);
        assertThatThrownBy(() -> ShimPrograms.find("org.example.none.v2", List.of(folder)))
                .isInstanceOf(NotFound.class)
                .hasMessageContaining("containerd-shim-none-v2");
        assertThatThrownBy(() -> ShimPrograms.find("../toy", List.of(folder))).isInstanceOf(InvalidArgument.class);
        assertThatThrownBy(() -> ShimPrograms.find("/nowhere/shim", List.of(folder)))
                .isInstanceOf(NotFound.class);
    }

    @Test
    void a_shim_is_started_in_its_bundle_and_told_where_the_daemon_is(@TempDir Path folder) throws Exception {
        var program = script(folder, "shim", """
                echo "$PWD $TTRPC_ADDRESS $GRPC_ADDRESS $NAMESPACE $*" > seen
                cat > stdin
                echo unix:///run/toy""");
        try (var spawner = Spawner.open()) {
            var started = new ShimProgram(program, settings(folder, false), spawner)
                    .start("ns", "id", folder, new TypedBytes("toy.Options", new byte[] {1, 2}));
            assertThat(started).isEqualTo(new Bootstrap(2, Path.of("/run/toy")));
        }
        assertThat(Files.readString(folder.resolve("seen")))
                .startsWith(folder.toRealPath() + " /run/c.sock.ttrpc /run/c.sock ns -namespace ns")
                .endsWith(" start\n");
        assertThat(Files.readString(folder.resolve("stdin"), StandardCharsets.ISO_8859_1))
                .contains("toy.Options");
    }

    @Test
    void an_older_shim_that_refuses_the_parameters_gets_the_options_alone(@TempDir Path folder) throws Exception {
        var program = script(folder, "shim", """
                cat > stdin
                if grep -q c.sock stdin; then echo "type with url id: not found" >&2; exit 1; fi
                echo unix:///run/toy""");
        try (var spawner = Spawner.open()) {
            var shim = new ShimProgram(program, settings(folder, false), spawner);
            assertThat(shim.start("ns", "id", folder, TypedBytes.NONE).version())
                    .isEqualTo(2);
            assertThat(folder.resolve("stdin")).isEmptyFile();
        }
    }

    @Test
    void a_shim_that_cannot_start_says_why(@TempDir Path folder) throws Exception {
        var program = script(folder, "shim", "echo no kernel >&2; exit 1");
        try (var spawner = Spawner.open()) {
            var shim = new ShimProgram(program, settings(folder, false), spawner);
            assertThatThrownBy(() -> shim.start("ns", "id", folder, TypedBytes.NONE))
                    .isInstanceOf(Unknown.class)
                    .hasMessageContaining("no kernel");
        }
    }

    @Test
    void shares_are_left_out_only_where_they_say_nothing_and_cannot_be_written(@TempDir Path folder) throws Exception {
        var spec = new TypedBytes(
                TypedBytes.RUNTIME_SPEC,
                "{\"linux\":{\"resources\":{\"cpu\":{\"shares\":1024}, \"pids\":{\"limit\":5}}}}"
                        .getBytes(StandardCharsets.UTF_8));
        var controllers = folder.resolve("cgroup.controllers");
        Files.writeString(controllers, "memory pids\n");
        assertThat(new String(ShimSpec.bytes(spec, controllers), StandardCharsets.UTF_8))
                .isEqualTo("{\"linux\":{\"resources\":{\"pids\":{\"limit\":5}}}}");
        Files.writeString(controllers, "cpu memory pids\n");
        assertThat(ShimSpec.bytes(spec, controllers)).isEqualTo(spec.value());
        var asked = new TypedBytes(
                TypedBytes.RUNTIME_SPEC,
                "{\"linux\": {\"resources\":{\"cpu\":{\"shares\":512}}}}".getBytes(StandardCharsets.UTF_8));
        Files.writeString(controllers, "");
        assertThat(ShimSpec.bytes(asked, controllers)).isEqualTo(asked.value());
    }

    private static Path script(Path folder, String name, String text) throws Exception {
        var file = folder.resolve(name);
        Files.writeString(file, "#!/bin/sh\n" + text + "\n");
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
