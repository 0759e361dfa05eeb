package dev.coracle.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coracle.containerd.api.introspection.IntrospectionGrpc;
import dev.coracle.containerd.api.introspection.PluginsRequest;
import dev.coracle.containerd.api.sandbox.ControllerCreateRequest;
import dev.coracle.containerd.api.sandbox.ControllerCreateResponse;
import dev.coracle.containerd.api.sandbox.ControllerGrpc;
import dev.coracle.containerd.api.sandbox.ControllerStatusRequest;
import dev.coracle.containerd.api.sandbox.ControllerStatusResponse;
import dev.coracle.containerd.api.sandbox.ControllerWaitRequest;
import dev.coracle.containerd.api.sandbox.ControllerWaitResponse;
import dev.coracle.containerd.api.snapshots.SnapshotsGrpc;
import dev.coracle.containerd.api.snapshots.StatSnapshotRequest;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// `[proxy_plugins]` of the configuration, and what clients see of them.
@Timeout(60)
class ProxyPluginsTest {
    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path folder;

    private ConfigTree tree(String toml) throws Exception {
        var file = Files.writeString(folder.resolve("config.toml"), "version = 3\n" + toml);
        return ConfigFiles.load(file, ConfigSchema.defaults());
    }

    @Test
    void a_plugin_is_listed_and_says_who_it_is_when_it_cannot_be_reached() throws Exception {
        var tree = tree("""
                [proxy_plugins.lazy]
                  type = "snapshot"
                  address = "unix:///nowhere/lazy.sock"
                  capabilities = ["rebase"]
                  platform = "linux/arm64"
                  [proxy_plugins.lazy.exports]
                    root = "/somewhere"
                """);
        assertThat(ConfigSchema.check(tree)).isEmpty();
        try (var daemon = RunningDaemon.start(Files.createTempDirectory("cd"), tree)) {
            var plugin = IntrospectionGrpc.newBlockingStub(daemon.channel)
                    .plugins(PluginsRequest.newBuilder()
                            .addFilters("type==io.containerd.snapshotter.v1, id==lazy")
                            .build())
                    .getPlugins(0);
            assertThat(plugin.getExportsMap())
                    .containsEntry("root", "/somewhere")
                    .containsEntry("address", "unix:///nowhere/lazy.sock");
            assertThat(plugin.getCapabilitiesList()).containsExactly("rebase");
            assertThat(plugin.getPlatforms(0).getArchitecture()).isEqualTo("arm64");
            assertThat(plugin.hasInitErr()).isFalse();

            SharedDaemonTest.fails(
                    Status.Code.UNAVAILABLE,
                    "snapshotter lazy at /nowhere/lazy.sock: cannot connect",
                    () -> daemon.in("red", SnapshotsGrpc.newBlockingStub(daemon.channel))
                            .stat(StatSnapshotRequest.newBuilder()
                                    .setSnapshotter("lazy")
                                    .setKey("x")
                                    .build()));
        }
    }

    @Test
    void values_that_cannot_be_meant_are_refused_with_their_place() {
        assertThatThrownBy(() -> DaemonConfig.of(tree("""
                        [proxy_plugins.x]
                          type = "snapshots"
                          address = "/x.sock"
                        """), folder))
                .isInstanceOf(ConfigException.class)
                .hasMessage("read configuration " + folder.resolve("config.toml")
                        + " line 3: proxy_plugins.x: type \"snapshots\" is not snapshot, content, diff or sandbox");
        assertThatThrownBy(() -> DaemonConfig.of(tree("""
                        [proxy_plugins.x]
                          type = "diff"
                          address = "x.sock"
                        """), folder))
                .hasMessageEndingWith("address \"x.sock\" is not the absolute path of a unix socket");
        assertThatThrownBy(() -> ConfigSchema.check(tree("[proxy_plugins]\n  x = 1\n")))
                .hasMessageEndingWith("proxy_plugins.x must be a table, not an integer");
    }

    @Test
    void a_misspelt_key_is_warned_about() throws Exception {
        assertThat(ConfigSchema.check(tree("""
                        [stream_processors."a.b"]
                          accept = ["x"]
                          returns = "y"
                          path = "/bin/cat"
                        """)))
                .singleElement()
                .asString()
                .startsWith("unknown key stream_processors.\"a.b\".accept is ignored")
                .endsWith("did you mean accepts?");
    }

    @Test
    void a_plugin_takes_the_place_of_a_part_only_when_that_is_switched_off() throws Exception {
        for (var type : new String[] {"snapshot", "content"}) {
            var tree = tree("[proxy_plugins.native]\n  type = \"" + type + "\"\n  address = \"/x.sock\"\n");
            assertThatThrownBy(() -> RunningDaemon.start(Files.createTempDirectory("cd"), tree))
                    .isInstanceOfSatisfying(
                            StartException.class,
                            failure -> assertThat(failure.remedy())
                                    .hasValueSatisfying(
                                            words -> assertThat(words).contains("disabled_plugins")))
                    .hasMessageStartingWith("proxy plugin native: this daemon has io.containerd.");
        }
    }

    @Test
    void an_unknown_differ_is_refused() throws Exception {
        var tree = tree("""
                [plugins."io.containerd.service.v1.diff-service"]
                  default = ["other", "walking"]
                """);
        assertThatThrownBy(() -> RunningDaemon.start(Files.createTempDirectory("cd"), tree))
                .isInstanceOf(StartException.class)
                .hasMessageStartingWith("differ other of io.containerd.service.v1.diff-service is not one of");
    }

    /// A sandboxer in memory.
    private static final class Controller extends ControllerGrpc.ControllerImplBase {
        @Override
        public void create(ControllerCreateRequest request, StreamObserver<ControllerCreateResponse> reply) {
            reply.onNext(ControllerCreateResponse.newBuilder()
                    .setSandboxId(request.getSandboxId() + " of " + request.getSandboxer())
                    .build());
            reply.onCompleted();
        }

        @Override
        public void wait(ControllerWaitRequest request, StreamObserver<ControllerWaitResponse> reply) {
            reply.onNext(ControllerWaitResponse.newBuilder().setExitStatus(7).build());
            reply.onCompleted();
        }

        @Override
        public void status(ControllerStatusRequest request, StreamObserver<ControllerStatusResponse> reply) {
            reply.onError(Status.NOT_FOUND
                    .withDescription("no such sandbox: not found")
                    .asRuntimeException());
        }
    }

    @Test
    void sandboxes_of_a_plugin_are_run_by_it() throws Exception {
        var own = Files.createTempDirectory("cd");
        var loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        var server = NettyServerBuilder.forAddress(UnixDomainSocketAddress.of(own.resolve("sb.sock")))
                .channelType(NioServerDomainSocketChannel.class)
                .bossEventLoopGroup(loops)
                .workerEventLoopGroup(loops)
                .addService(new Controller())
                .build()
                .start();
        var tree = tree("[proxy_plugins.vm]\n  type = \"sandbox\"\n  address = \"" + own.resolve("sb.sock") + "\"\n");
        try (var daemon = RunningDaemon.start(own, tree)) {
            var controller = daemon.in("red", ControllerGrpc.newBlockingStub(daemon.channel));
            assertThat(controller
                            .create(ControllerCreateRequest.newBuilder()
                                    .setSandboxId("s")
                                    .setSandboxer("vm")
                                    .build())
                            .getSandboxId())
                    .isEqualTo("s of vm");
            assertThat(controller
                            .wait(ControllerWaitRequest.newBuilder()
                                    .setSandboxer("vm")
                                    .build())
                            .getExitStatus())
                    .isEqualTo(7);
            SharedDaemonTest.fails(
                    Status.Code.NOT_FOUND,
                    "sandboxer vm at " + own.resolve("sb.sock") + ": no such sandbox",
                    () -> controller.status(ControllerStatusRequest.newBuilder()
                            .setSandboxId("s")
                            .setSandboxer("vm")
                            .build()));
        } finally {
            server.shutdownNow();
            loops.shutdownGracefully(0, 0, TimeUnit.SECONDS);
        }
    }
}
