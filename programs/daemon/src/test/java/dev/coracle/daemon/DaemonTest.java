package dev.coracle.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Empty;
import dev.coracle.containerd.api.health.HealthCheckRequest;
import dev.coracle.containerd.api.health.HealthCheckResponse.ServingStatus;
import dev.coracle.containerd.api.health.HealthGrpc;
import dev.coracle.containerd.api.introspection.IntrospectionGrpc;
import dev.coracle.containerd.api.introspection.Plugin;
import dev.coracle.containerd.api.introspection.PluginsRequest;
import dev.coracle.containerd.api.namespaces.CreateNamespaceRequest;
import dev.coracle.containerd.api.namespaces.ListNamespacesRequest;
import dev.coracle.containerd.api.namespaces.Namespace;
import dev.coracle.containerd.api.namespaces.NamespacesGrpc;
import dev.coracle.containerd.api.version.VersionGrpc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;

class DaemonTest {
    @Test
    void it_says_who_it_is_and_that_it_serves() throws Exception {
        try (var daemon = RunningDaemon.start()) {
            assertThat(HealthGrpc.newBlockingStub(daemon.channel)
                            .check(HealthCheckRequest.getDefaultInstance())
                            .getStatus())
                    .isEqualTo(ServingStatus.SERVING);
            var version = VersionGrpc.newBlockingStub(daemon.channel).version(Empty.getDefaultInstance());
            assertThat(version.getVersion()).matches("v2\\.\\d+\\.\\d+");
            var introspection = IntrospectionGrpc.newBlockingStub(daemon.channel);
            assertThat(introspection.server(Empty.getDefaultInstance()).getPid())
                    .isEqualTo(ProcessHandle.current().pid());
            var content = introspection.plugins(PluginsRequest.newBuilder()
                    .addFilters("type==io.containerd.content.v1, id==content")
                    .build());
            assertThat(content.getPluginsList()).extracting(Plugin::getId).containsExactly("content");
        }
    }

    @Test
    void its_files_have_the_modes_that_clients_know() throws Exception {
        try (var daemon = RunningDaemon.start()) {
            assertThat(mode(daemon.socket)).isEqualTo("rw-rw----");
            assertThat(mode(Path.of(daemon.socket + ".ttrpc"))).isEqualTo("rw-rw----");
            assertThat(mode(daemon.folder.resolve("root"))).isEqualTo("rwx------");
            assertThat(mode(daemon.folder.resolve("state"))).isEqualTo("rwx--x--x");
        }
    }

    @Test
    void it_comes_back_with_its_id_and_its_records_and_takes_its_sockets_away() throws Exception {
        var daemon = RunningDaemon.start();
        var uuid = uuid(daemon);
        NamespacesGrpc.newBlockingStub(daemon.channel)
                .create(CreateNamespaceRequest.newBuilder()
                        .setNamespace(Namespace.newBuilder().setName("kept"))
                        .build());
        daemon.stop();
        assertThat(daemon.socket).doesNotExist();
        assertThat(Path.of(daemon.socket + ".ttrpc")).doesNotExist();

        try (var again = RunningDaemon.start(daemon.folder)) {
            assertThat(uuid(again)).isEqualTo(uuid);
            assertThat(NamespacesGrpc.newBlockingStub(again.channel)
                            .list(ListNamespacesRequest.getDefaultInstance())
                            .getNamespacesList())
                    .extracting(Namespace::getName)
                    .containsExactly("kept");
        }
    }

    @Test
    void a_second_daemon_is_refused_by_root_and_by_socket() throws Exception {
        try (var daemon = RunningDaemon.start()) {
            var folder = daemon.folder;
            assertThatThrownBy(() -> RunningDaemon.start(folder))
                    .isInstanceOf(StartException.class)
                    .hasMessageContaining("another daemon uses the root directory " + folder.resolve("root"));
            var other = RunningDaemon.config(folder);
            assertThatThrownBy(() -> SocketFile.prepare(other.grpc()))
                    .isInstanceOf(StartException.class)
                    .hasMessageContaining("another daemon listens there");
        }
    }

    @Test
    void a_socket_that_a_dead_daemon_left_is_no_hindrance() throws Exception {
        var folder = Files.createTempDirectory("cd");
        try (var dead = java.nio.channels.ServerSocketChannel.open(java.net.StandardProtocolFamily.UNIX)) {
            dead.bind(java.net.UnixDomainSocketAddress.of(folder.resolve("c.sock")));
        }
        assertThat(folder.resolve("c.sock")).exists();

        try (var daemon = RunningDaemon.start(folder)) {
            assertThat(uuid(daemon)).isNotEmpty();
        }
    }

    @Test
    void a_directory_that_cannot_be_made_is_named() throws Exception {
        var folder = Files.createTempDirectory("cd");
        Files.writeString(folder.resolve("root"), "in the way");

        assertThatThrownBy(() -> RunningDaemon.start(folder))
                .isInstanceOf(StartException.class)
                .hasMessageStartingWith("make the root directory " + folder.resolve("root") + ":");
    }

    @Test
    void a_required_plugin_that_is_not_there_stops_it() throws Exception {
        var folder = Files.createTempDirectory("cd");
        var tree = RunningDaemon.config(folder).tree();
        tree.put("required_plugins", java.util.List.of("io.containerd.grpc.v1.cri"));
        var config = DaemonConfig.of(tree, folder);

        assertThatThrownBy(() -> Daemon.start(config, RunningDaemon.environment(folder)))
                .isInstanceOf(StartException.class)
                .hasMessageStartingWith("load required plugin io.containerd.grpc.v1.cri:");
        assertThat(folder.resolve("c.sock")).doesNotExist();
    }

    private static String uuid(RunningDaemon daemon) {
        return IntrospectionGrpc.newBlockingStub(daemon.channel)
                .server(Empty.getDefaultInstance())
                .getUuid();
    }

    private static String mode(Path file) throws java.io.IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }
}
