package dev.coracle.coracle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coracle.linux.Self;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WhereaboutsTest {
    private static final CommandLine CTR = new CommandLine("ctr", List.of("version"));
    private static final CommandLine CORACLE = new CommandLine("coracle", List.of("ps"));

    @TempDir
    private Path runtime;

    private Whereabouts with(Map<String, String> environment) {
        return new Whereabouts(environment, Path.of("/here"), Self.uid());
    }

    @Test
    void a_named_address_is_the_only_one() {
        var named = new CommandLine("coracle", List.of("-H", "unix:///x/api.sock", "ps"));
        assertThat(with(Map.of("CONTAINERD_ADDRESS", "/y/api.sock")).sockets(named))
                .containsExactly(Path.of("/x/coracle.sock"));
        assertThat(with(Map.of("CONTAINERD_ADDRESS", "api.sock")).sockets(CORACLE))
                .containsExactly(Path.of("/here/coracle.sock"));
        assertThat(with(Map.of()).sockets(CTR)).containsExactly(Path.of("/run/containerd/coracle.sock"));
    }

    @Test
    void the_runtime_folder_comes_first_then_the_inside_of_namespaces() throws Exception {
        Files.createDirectories(runtime.resolve("containerd-rootless"));
        Files.writeString(runtime.resolve("containerd-rootless").resolve("child_pid"), "42\n");
        Files.createDirectories(runtime.resolve("rootlesskit-containerd"));
        Files.writeString(runtime.resolve("rootlesskit-containerd").resolve("child_pid"), "../etc");
        assertThat(with(Map.of("XDG_RUNTIME_DIR", runtime.toString())).sockets(CORACLE))
                .containsExactly(
                        runtime.resolve("containerd").resolve("coracle.sock"),
                        Path.of("/proc/42/root/run/containerd/coracle.sock"),
                        Path.of("/run/containerd/coracle.sock"));
    }

    @Test
    void a_runtime_folder_of_somebody_else_is_passed_over() {
        var other = new Whereabouts(Map.of("XDG_RUNTIME_DIR", runtime.toString()), Path.of("/here"), Self.uid() + 1);
        assertThat(other.sockets(CORACLE)).containsExactly(Path.of("/run/containerd/coracle.sock"));
    }
}
