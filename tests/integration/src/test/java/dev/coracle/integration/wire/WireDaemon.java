package dev.coracle.integration.wire;

import com.google.protobuf.Empty;
import dev.coracle.containerd.api.health.HealthCheckRequest;
import dev.coracle.containerd.api.health.HealthCheckResponse.ServingStatus;
import dev.coracle.containerd.api.health.HealthGrpc;
import dev.coracle.containerd.api.version.VersionGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.AbstractStub;
import io.grpc.stub.MetadataUtils;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/// The daemon that all cases of a run speak to: it is started for the first one and ends with this JVM, which is root
/// in namespaces of its own.
final class WireDaemon {
    /// The program to start, and where it may write.
    static final String PROGRAM = "coracle.wire.program";

    static final String FOLDER = "coracle.wire.folder";

    private static final Duration START = Duration.ofSeconds(60);
    private static final long LONGEST_CALL_SECONDS = 110;

    private static @Nullable WireDaemon only;

    private final Path socket;
    private final ManagedChannel channel;

    private WireDaemon(Path socket, ManagedChannel channel) {
        this.socket = socket;
        this.channel = channel;
    }

    static synchronized WireDaemon get() {
        var started = only;
        if (started == null) {
            started = start();
            only = started;
        }
        return started;
    }

    /// The version of the containerd that the cases run against; none when it is our own daemon.
    static Optional<String> peer() {
        return isOurs() ? Optional.empty() : Optional.of(get().version());
    }

    private static boolean isOurs() {
        return Path.of(System.getProperty(PROGRAM)).startsWith(Path.of(System.getProperty("coracle.tree")));
    }

    Path socket() {
        return socket;
    }

    /// The directory that the daemon keeps.
    Path root() {
        return socket.resolveSibling("root");
    }

    ManagedChannel channel() {
        return channel;
    }

    /// A stub whose calls carry these headers, and a deadline from now on.
    <S extends AbstractStub<S>> S with(Map<String, String> headers, S stub) {
        var metadata = new Metadata();
        headers.forEach((name, value) -> metadata.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), value));
        return stub.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata))
                .withDeadlineAfter(LONGEST_CALL_SECONDS, TimeUnit.SECONDS)
                .withMaxInboundMessageSize(17 << 20);
    }

    private String version() {
        return VersionGrpc.newBlockingStub(channel)
                .version(Empty.getDefaultInstance())
                .getVersion();
    }

    private static WireDaemon start() {
        try {
            var folder = Path.of(System.getProperty(FOLDER));
            var socket = folder.resolve("s");
            Files.writeString(folder.resolve("config.toml"), """
                    version = 2
                    root = "%1$s/root"
                    state = "%1$s/state"
                    disabled_plugins = ["io.containerd.grpc.v1.cri"]
                    [grpc]
                      address = "%2$s"
                    """.formatted(folder, socket));
            var log = folder.resolve("log");
            var command = new ProcessBuilder(
                            System.getProperty(PROGRAM),
                            "-c",
                            folder.resolve("config.toml").toString())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile());
            command.environment().put("CORACLE_NO_CACHE", "1");
            var process = command.start();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> end(process, folder)));
            var channel = channel(socket);
            Awaitility.await("the daemon").atMost(START).until(() -> {
                if (!process.isAlive()) {
                    throw new AssertionError("the daemon ended: " + Files.readString(log));
                }
                return isServing(channel);
            });
            return new WireDaemon(socket, channel);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ManagedChannel channel(Path socket) {
        return NettyChannelBuilder.forAddress(UnixDomainSocketAddress.of(socket))
                .channelType(NioDomainSocketChannel.class)
                .eventLoopGroup(new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory()))
                .overrideAuthority("localhost")
                .usePlaintext()
                .build();
    }

    private static boolean isServing(ManagedChannel channel) {
        try {
            return HealthGrpc.newBlockingStub(channel)
                            .withDeadlineAfter(5, TimeUnit.SECONDS)
                            .check(HealthCheckRequest.getDefaultInstance())
                            .getStatus()
                    == ServingStatus.SERVING;
        } catch (StatusRuntimeException e) {
            channel.resetConnectBackoff();
            return false;
        }
    }

    /// Ends the daemon, and removes from inside what only its root may remove.
    private static void end(Process process, Path folder) {
        process.destroy();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
            new ProcessBuilder("rm", "-rf", folder.toString())
                    .inheritIO()
                    .start()
                    .waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
