package dev.coracle.integration.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Empty;
import dev.coracle.containerd.api.introspection.IntrospectionGrpc;
import dev.coracle.containerd.api.introspection.IntrospectionGrpc.IntrospectionBlockingStub;
import dev.coracle.containerd.api.introspection.Plugin;
import dev.coracle.containerd.api.introspection.PluginInfoRequest;
import dev.coracle.containerd.api.introspection.PluginsRequest;
import dev.coracle.containerd.api.types.RuntimeInfo;
import dev.coracle.containerd.api.types.RuntimeRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class IntrospectionOverTheWire extends OverTheWire {
    private static final String RUNTIMES = "io.containerd.runtime.v2";

    private final IntrospectionBlockingStub introspection = in(IntrospectionGrpc.newBlockingStub(channel));

    @Test
    void the_server_has_an_identity_that_stays() {
        var server = introspection.server(Empty.getDefaultInstance());

        assertThat(UUID.fromString(server.getUuid())).hasToString(server.getUuid());
        assertThat(introspection.server(Empty.getDefaultInstance()).getUuid()).isEqualTo(server.getUuid());
    }

    @Test
    @Since("1.7")
    void a_client_can_find_the_servers_process() throws Exception {
        var server = introspection.server(Empty.getDefaultInstance());

        var inode = Files.readSymbolicLink(Path.of("/proc", Long.toString(server.getPid()), "ns/pid"))
                .toString();
        assertThat(inode).isEqualTo("pid:[" + server.getPidns() + "]");
    }

    @Test
    void plugins_are_found_by_type_and_id() {
        var found = introspection
                .plugins(PluginsRequest.newBuilder()
                        .addFilters("type==io.containerd.snapshotter.v1, id==native")
                        .build())
                .getPluginsList();

        assertThat(found).singleElement().satisfies(plugin -> {
            assertThat(plugin.getType()).isEqualTo("io.containerd.snapshotter.v1");
            assertThat(plugin.getId()).isEqualTo("native");
            assertThat(plugin.getPlatformsList()).isNotEmpty();
            assertThat(plugin.hasInitErr()).isFalse();
        });
    }

    @Test
    void filters_are_alternatives_and_none_means_all() {
        var all = introspection.plugins(PluginsRequest.getDefaultInstance()).getPluginsList();
        var some = introspection
                .plugins(PluginsRequest.newBuilder()
                        .addFilters("type==io.containerd.runtime.v1")
                        .addFilters("type==" + RUNTIMES)
                        .build())
                .getPluginsList();

        assertThat(all).extracting(Plugin::getId).contains("tasks", "containers", "content", "native");
        assertThat(some).isNotEmpty().hasSizeLessThan(all.size());
        assertThat(all).containsAll(some);
    }

    @Test
    void a_plugin_that_does_not_work_here_says_why() {
        var skipped = introspection.plugins(PluginsRequest.getDefaultInstance()).getPluginsList().stream()
                .filter(Plugin::hasInitErr)
                .toList();

        assertThat(skipped)
                .allSatisfy(
                        plugin -> assertThat(plugin.getInitErr().getMessage()).isNotBlank());
    }

    @Test
    void a_filter_that_cannot_be_read_is_refused() {
        refuses(
                "filter",
                () -> introspection.plugins(
                        PluginsRequest.newBuilder().addFilters("type=x").build()));
    }

    @Test
    @Since("2.0")
    void the_runtime_tells_what_it_can_do() throws Exception {
        var answer = introspection.pluginInfo(PluginInfoRequest.newBuilder()
                .setType(RUNTIMES)
                .setId("task")
                .setOptions(any(RuntimeRequest.newBuilder()
                        .setRuntimePath("io.containerd.runc.v2")
                        .build()))
                .build());

        assertThat(answer.getPlugin().getId()).isEqualTo("task");
        assertThat(answer.getExtra().getTypeUrl()).isEqualTo("containerd.types.RuntimeInfo");
        var info = RuntimeInfo.parseFrom(answer.getExtra().getValue());
        assertThat(info.getName()).isEqualTo("io.containerd.runc.v2");
        if (info.hasFeatures()) { // crun tells none before 1.9
            assertThat(info.getFeatures().getTypeUrl())
                    .isEqualTo("types.containerd.io/opencontainers/runtime-spec/1/features/Features");
        }
    }

    @Test
    @Since("2.0")
    void a_plugin_that_is_not_there_is_missing() {
        for (var id : List.of("cats", "")) {
            isMissing(() -> introspection.pluginInfo(
                    PluginInfoRequest.newBuilder().setType(RUNTIMES).setId(id).build()));
        }
    }
}
