package dev.coracle.daemon;

import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.AbstractStub;
import io.grpc.stub.MetadataUtils;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// A daemon with directories of its own, and a client of its socket.
final class RunningDaemon implements AutoCloseable {
    final Path folder;
    final Path socket;
    final ManagedChannel channel;
    private final Daemon daemon;
    private final MultiThreadIoEventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

    private RunningDaemon(Path folder, Daemon daemon, Path socket) {
        this.folder = folder;
        this.daemon = daemon;
        this.socket = socket;
        this.channel = NettyChannelBuilder.forAddress(UnixDomainSocketAddress.of(socket))
                .channelType(NioDomainSocketChannel.class)
                .eventLoopGroup(loops)
                .overrideAuthority("localhost")
                .maxInboundMessageSize(16 << 20)
                .usePlaintext()
                .build();
    }

    /// Starts a daemon in a new folder directly below the temporary one, since a socket's path must be short.
    static RunningDaemon start() throws Exception {
        return start(Files.createTempDirectory("cd"));
    }

    static RunningDaemon start(Path folder) throws Exception {
        var config = config(folder);
        return new RunningDaemon(
                folder, Daemon.start(config, environment(folder)), config.grpc().address());
    }

    static RunningDaemon start(Path folder, ConfigTree tree) throws Exception {
        var config = config(folder, tree);
        return new RunningDaemon(
                folder, Daemon.start(config, environment(folder)), config.grpc().address());
    }

    /// With the snapshotter and the content of another daemon.
    static RunningDaemon proxied(Path socket) throws Exception {
        var tree = ConfigSchema.defaults();
        tree.put(
                "disabled_plugins", List.of("io.containerd.content.v1.content", "io.containerd.snapshotter.v1.native"));
        for (var plugin : Map.of("native", "snapshot", "blobs", "content").entrySet()) {
            var table = tree.ensure("proxy_plugins", plugin.getKey());
            table.put("type", plugin.getValue());
            table.put("address", socket.toString());
        }
        return start(Files.createTempDirectory("cd"), tree);
    }

    /// With the metrics at a port that is free.
    static RunningDaemon measured() throws Exception {
        var folder = Files.createTempDirectory("cd");
        var tree = ConfigSchema.defaults();
        tree.ensure("plugins", "io.containerd.server.v1.metrics").put("address", "127.0.0.1:0");
        tree.ensure("plugins", "io.containerd.server.v1.metrics").put("grpc_histogram", true);
        return start(folder, tree);
    }

    int metricsPort() {
        return daemon.metricsPort();
    }

    static DaemonConfig config(Path folder) throws ConfigException {
        return config(folder, ConfigSchema.defaults());
    }

    private static DaemonConfig config(Path folder, ConfigTree tree) throws ConfigException {
        new DaemonConfig.Overrides(
                        Optional.of(folder.resolve("c.sock").toString()),
                        Optional.of(folder.resolve("root").toString()),
                        Optional.of(folder.resolve("state").toString()),
                        Optional.of("error"))
                .apply(tree);
        return DaemonConfig.of(tree, folder);
    }

    static Environment environment(Path folder) {
        return new Environment(
                folder, List.of(), Optional.empty(), Optional.empty(), Optional.empty(), Map.of(), Map.of(), Map.of());
    }

    /// A stub whose calls carry the namespace.
    <S extends AbstractStub<S>> S in(String namespace, S stub) {
        return with(Map.of("containerd-namespace", namespace), stub);
    }

    <S extends AbstractStub<S>> S with(Map<String, String> headers, S stub) {
        var metadata = new Metadata();
        headers.forEach((name, value) -> metadata.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), value));
        return stub.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata))
                .withDeadlineAfter(30, TimeUnit.SECONDS);
    }

    void stop() {
        channel.shutdownNow();
        loops.shutdownGracefully(0, 0, TimeUnit.SECONDS);
        daemon.close();
    }

    @Override
    public void close() throws IOException {
        stop();
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
