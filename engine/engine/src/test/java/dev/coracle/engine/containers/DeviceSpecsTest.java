package dev.coracle.engine.containers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coracle.base.EngineException.FailedPrecondition;
import dev.coracle.oci.CdiSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeviceSpecsTest {
    @TempDir
    private Path root;

    private DeviceSpecs specs() {
        return new DeviceSpecs(List.of(root.resolve("machine"), root.resolve("account"), root.resolve("absent")));
    }

    private void write(String file, String kind, String... devices) throws IOException {
        var text = new StringBuilder(
                "cdiVersion: 0.6.0\nkind: " + kind + "\ncontainerEdits: {env: [KIND=" + kind + "]}\ndevices:\n");
        for (var device : devices) {
            text.append("  - {name: \"" + device + "\", containerEdits: {env: [\"FROM=" + file + "\"]}}\n");
        }
        Files.createDirectories(root.resolve(file).getParent());
        Files.writeString(root.resolve(file), text);
    }

    @BeforeEach
    void describe() throws IOException {
        write("machine/a.yaml", "vendor.example/net", "eth", "wlan");
        write("machine/b.json.txt", "ignored.example/x", "y");
        write("account/a.yaml", "vendor.example/net", "wlan");
        write("account/gpu.yaml", "amd.com/gpu", "0", "all");
    }

    private List<String> env(String... names) {
        return specs().edits(List.of(names)).stream()
                .map(CdiSpec.Edits::env)
                .flatMap(List::stream)
                .toList();
    }

    @Test
    void a_later_directory_outranks_an_earlier_one() {
        assertThat(env("vendor.example/net=eth", "vendor.example/net=wlan"))
                .containsExactly("KIND=vendor.example/net", "FROM=machine/a.yaml", "FROM=account/a.yaml");
    }

    @Test
    void a_gpu_is_found_whoever_made_it() {
        assertThat(env("gpu=0")).containsExactly("KIND=amd.com/gpu", "FROM=account/gpu.yaml");
    }

    @Test
    void an_unknown_device_is_named_with_what_could_not_be_read() throws IOException {
        Files.writeString(root.resolve("account/broken.yaml"), "kind: [");
        assertThatThrownBy(() -> specs().edits(List.of("vendor.example/net=tun")))
                .isInstanceOf(FailedPrecondition.class)
                .hasMessageContaining("unresolvable CDI devices vendor.example/net=tun")
                .hasMessageContaining("broken.yaml");
        assertThat(env("vendor.example/net=eth")).isNotEmpty();
    }

    @Test
    void one_device_described_twice_is_not_guessed_at() throws IOException {
        write("machine/b.yaml", "vendor.example/net", "eth");
        assertThatThrownBy(() -> specs().edits(List.of("nobody.example/x=y"))).hasMessageContaining("described twice");
    }
}
