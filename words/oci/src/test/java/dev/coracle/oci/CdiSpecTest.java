package dev.coracle.oci;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coracle.base.EngineException.InvalidArgument;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CdiSpecTest {
    private static CdiSpec parse(String text) {
        return CdiSpec.parse(text.getBytes(UTF_8), "gpu.yaml");
    }

    @Test
    void a_specification_says_what_a_device_needs() {
        var spec = parse("""
                cdiVersion: 0.6.0
                kind: vendor.example/gpu
                containerEdits:
                  env: [DRIVER=1]
                  hooks:
                    - hookName: createContainer
                      path: /usr/bin/hook
                      args: [hook, update]
                devices:
                  - name: "0"
                    containerEdits:
                      deviceNodes:
                        - path: /dev/gpu0
                        - path: /dev/ctl
                          hostPath: /dev/gpuctl
                      mounts:
                        - hostPath: /usr/lib/libgpu.so
                          containerPath: /usr/lib/libgpu.so.1
                          options: [ro, bind]
                        - {hostPath: /run/gpu, containerPath: /run/gpu}
                      additionalGids: [44]
                """);
        assertThat(spec.kind()).isEqualTo("vendor.example/gpu");
        assertThat(spec.always().env()).containsExactly("DRIVER=1");
        assertThat(spec.always().hooks())
                .containsExactly(
                        new CdiSpec.Hook("createContainer", "/usr/bin/hook", List.of("hook", "update"), List.of(), 0));
        var device = requireNonNull(spec.devices().get("0"));
        assertThat(device.devices())
                .containsExactly(
                        new CdiSpec.Node("/dev/gpu0", "/dev/gpu0"), new CdiSpec.Node("/dev/gpuctl", "/dev/ctl"));
        assertThat(device.mounts())
                .containsExactly(
                        new RuntimeSpec.Mount(
                                "/usr/lib/libgpu.so.1", "bind", "/usr/lib/libgpu.so", List.of("ro", "bind")),
                        new RuntimeSpec.Mount(
                                "/run/gpu", "bind", "/run/gpu", List.of("rbind", "ro", "nosuid", "nodev")));
        assertThat(device.groups()).containsExactly(44L);
    }

    @Test
    void json_is_read_too() {
        assertThat(parse("{\"cdiVersion\":\"0.5.0\",\"kind\":\"a.b/c\",\"devices\":[{\"name\":\"x\"}]}")
                        .devices())
                .containsEntry("x", CdiSpec.Edits.NONE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "cdiVersion: 9.0.0\nkind: a/b",
                "cdiVersion: 0.6.0\nkind: gpu",
                "cdiVersion: 0.6.0\nkind: a/b\ndevices: 5",
                "cdiVersion: 0.6.0\nkind: a/b\ndevices: [{name: ../x}]",
                "cdiVersion: 0.6.0\nkind: a/b\ndevices: [{name: x}, {name: x}]",
                "cdiVersion: 0.6.0\nkind: a/b\ncontainerEdits: {deviceNodes: [{path: dev}]}",
                "cdiVersion: [",
                "",
            })
    void what_is_malformed_is_named_with_its_file(String text) {
        assertThatThrownBy(() -> parse(text))
                .isInstanceOf(InvalidArgument.class)
                .hasMessageContaining("gpu.yaml");
    }

    @Test
    void names_of_devices_are_no_paths() {
        assertThat(List.of("nvidia.com/gpu=0", "a/b=all", "v.example/net-if=eth0:1"))
                .allMatch(CdiSpec::isName);
        assertThat(List.of("/dev/fuse", "/dev/a=b", "gpu=0", "a/b=", "a/b=-", "a/b/c=d"))
                .noneMatch(CdiSpec::isName);
    }
}
