package dev.coracle.setup;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnitTest {
    @Test
    void the_unit_says_when_the_engine_is_ready_and_who_may_start_it_again() {
        var text = new Unit(Path.of("/opt/coracle"), "/usr/bin", Optional.empty(), Optional.empty()).text();
        assertThat(text.lines())
                .contains(
                        "Type=notify",
                        "NotifyAccess=all",
                        "Delegate=yes",
                        "KillMode=mixed",
                        "Restart=always",
                        "WantedBy=default.target",
                        "ExecStart=\"/opt/coracle/bin/containerd-rootless.sh\"",
                        "Environment=\"PATH=/opt/coracle/bin:/sbin:/usr/sbin:/usr/bin\"");
        assertThat(text.lines().filter(line -> line.startsWith("StartLimit") || line.equals("[Service]")))
                .as("limits of starting belong to the unit, not to the service")
                .last()
                .isEqualTo("[Service]");
    }

    @Test
    void names_that_systemd_would_read_otherwise_are_quoted() {
        var text = new Unit(
                        Path.of("/home/a b/100%\"$x"),
                        "/usr/bin",
                        Optional.of("/java home"),
                        Optional.of("--publish=1:1/tcp"))
                .text();
        assertThat(text)
                .contains(
                        "ExecStart=\"/home/a b/100%%\\\"$$x/bin/containerd-rootless.sh\"",
                        "Environment=\"JAVA_HOME=/java home\"",
                        "Environment=\"CONTAINERD_ROOTLESS_ROOTLESSKIT_FLAGS=--publish=1:1/tcp\"");
    }

    @Test
    void the_snapshotter_is_a_line_of_the_clients_file(@TempDir Path root) throws Exception {
        var grounds = Grounds.good(root).program("fuse-overlayfs", false);
        var config = root.resolve("config");
        grounds.variable("XDG_CONFIG_HOME", config.toString());
        Files.createDirectories(config.resolve("nerdctl"));
        var file = Files.writeString(
                config.resolve("nerdctl/nerdctl.toml"),
                "debug = true\nsnapshotter = \"native\"\n[other]\nsnapshotter = 1\n");
        var fuse = new FuseOverlay(grounds.ground(), new Messages(System.out, System.out, false));
        fuse.install();
        assertThat(Files.readAllLines(file))
                .containsExactly("snapshotter = \"fuse-overlayfs\"", "debug = true", "[other]", "snapshotter = 1");
        fuse.uninstall();
        assertThat(Files.readAllLines(file)).containsExactly("debug = true", "[other]", "snapshotter = 1");
    }

    @Test
    void a_command_inside_enters_the_network_only_where_it_is_not_detached(@TempDir Path root) {
        var ground = new Ground(root, new Ground.Account("penguin", 1001, 1001), Map.of("PWD", "/tmp"));
        assertThat(Nsenter.arguments("7", false, List.of("id"), ground))
                .containsExactly(
                        "nsenter",
                        "--no-fork",
                        "--wd=/tmp",
                        "--preserve-credentials",
                        "-m",
                        "-U",
                        "-t",
                        "7",
                        "--",
                        "id");
        assertThat(Nsenter.arguments("7", true, List.of(), ground))
                .contains("-n")
                .endsWith("--", "/bin/sh");
    }
}
