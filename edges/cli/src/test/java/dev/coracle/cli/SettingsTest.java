package dev.coracle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coracle.base.EngineException.Internal;
import dev.coracle.engine.system.Info;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What is set for all commands: honoured, or refused with a sentence.
class SettingsTest {
    private static final Info INFO = new Info(
            "9c24",
            "mill",
            "0.1.0",
            0,
            0,
            0,
            0,
            "overlayfs",
            "/var/lib/containerd",
            "systemd",
            List.of("cpu", "memory", "pids"),
            List.of("io.containerd.runc.v2"),
            List.of("name=rootless"),
            List.of(),
            Info.Machine.UNKNOWN);

    private final Client client = new Client();

    @TempDir
    private Path folder;

    @BeforeEach
    void an_engine() {
        client.containers.on("list", _ -> List.of());
        client.images.on("list", _ -> List.of());
        client.system.on("info", _ -> INFO);
        client.environment.put("XDG_CONFIG_HOME", folder.toString());
    }

    private void own(String text) throws IOException {
        Files.createDirectories(folder.resolve("nerdctl"));
        Files.writeString(folder.resolve("nerdctl/nerdctl.toml"), text);
    }

    private void machines(String text) throws IOException {
        client.machineSettings = folder.resolve("machine.toml");
        Files.writeString(client.machineSettings, text);
    }

    private String namespace() {
        assertThat(client.run("info -f '{{.Name}} {{.ID}}'")).as(client.err()).isZero();
        assertThat(client.out()).isEqualTo("mill 9c24\n");
        return client.namespace;
    }

    @Test
    void flags_count_before_variables_before_the_own_file_before_the_machines() throws IOException {
        assertThat(namespace()).isEqualTo("default");
        machines("namespace = \"machine\"\ndebug = true\n");
        assertThat(namespace()).isEqualTo("machine");
        own("namespace = \"own\"\n");
        assertThat(namespace()).isEqualTo("own");
        client.environment.put("CONTAINERD_NAMESPACE", "variable");
        assertThat(namespace()).isEqualTo("variable");
        assertThat(client.run("-n flag info")).isZero();
        assertThat(client.namespace).isEqualTo("flag");
        assertThat(client.out()).as("a key that only the machine's file has").contains("Debug Mode:\ttrue");
    }

    @Test
    void a_file_that_a_variable_names_is_the_only_one() throws IOException {
        machines("namespace = \"machine\"\n");
        own("namespace = \"own\"\n");
        Files.writeString(folder.resolve("named.toml"), "debug = true\n");
        client.environment.put("NERDCTL_TOML", folder.resolve("named.toml").toString());
        assertThat(namespace()).isEqualTo("default");
    }

    @ParameterizedTest
    @CsvSource({
        "--snapshotter, snapshotter, overlayfs, native",
        "--storage-driver, snapshotter, overlayfs, native",
        "--cgroup-manager, cgroup_manager, systemd, cgroupfs"
    })
    void what_the_engine_is_may_be_said_and_nothing_else(String flag, String key, String real, String other)
            throws IOException {
        assertThat(client.run(flag + " " + real + " info")).isZero();
        assertThat(client.run(flag + " " + other + " info")).isEqualTo(1);
        assertThat(client.err()).contains(": " + other + " is not what this engine works with, which is " + real);
        own(key + " = \"" + real + "\"\n");
        assertThat(client.run("info")).isZero();
        own(key + " = \"" + other + "\"\n");
        assertThat(client.run("info")).isEqualTo(1);
        assertThat(client.err())
                .startsWith(folder.resolve("nerdctl/nerdctl.toml") + ": " + key + ": " + other + " is not");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "kube_hide_dupe = true",
                "selinux_enabled = true",
                "cdi_spec_dirs = [\"/etc/cdi\"]",
                "userns_remap = \"somebody\"",
                "bridge_ip = \"10.1.100.1/24\"",
                "data_root = \"/srv\"",
                "cni_path = \"/opt/cni/bin\"",
                "cni_netconfpath = \"/etc/cni/net.d\""
            })
    void a_key_that_is_not_served_is_refused_with_a_reason(String line) throws IOException {
        own(line + "\n");
        assertThat(client.run("info")).isEqualTo(1);
        assertThat(client.err())
                .matches("\\Q" + folder.resolve("nerdctl/nerdctl.toml") + ": " + line.split(" ", 2)[0]
                        + ": \\E[a-z][^\n]{10,}\n");
    }

    @Test
    void the_address_in_a_file_is_that_of_the_engine_that_answers() throws IOException {
        own("address = \"unix:///run/containerd/containerd.sock\"\nselinux_enabled = false\n");
        assertThat(client.run("info")).isZero();
        client.address = Files.createFile(folder.resolve("socket"));
        Files.createSymbolicLink(folder.resolve("other-name"), client.address);
        own("address = \"" + folder.resolve("other-name") + "\"\n");
        assertThat(client.run("info")).isZero();
        own("address = \"/run/k3s/containerd/containerd.sock\"\n");
        assertThat(client.run("info")).isEqualTo(1);
        assertThat(client.err())
                .contains(
                        "address: /run/k3s/containerd/containerd.sock is not the socket of this engine, "
                                + client.address,
                        "hint: ");
    }

    @Test
    void debugging_tells_the_causes_of_a_failure() {
        client.system.on("info", _ -> {
            throw new Internal("look at the engine: broken", new IOException("disk on fire"));
        });
        assertThat(client.run("info")).isEqualTo(1);
        assertThat(client.err()).isEqualTo("Error: look at the engine: broken\n");
        assertThat(client.run("--debug info")).isEqualTo(1);
        assertThat(client.err())
                .isEqualTo("debug: caused by java.io.IOException: disk on fire\nError: look at the engine: broken\n");
    }
}
