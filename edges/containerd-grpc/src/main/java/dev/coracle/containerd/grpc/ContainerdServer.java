package dev.coracle.containerd.grpc;

import dev.coracle.core.events.EventExchange;
import dev.coracle.core.gc.GarbageCollector;
import dev.coracle.core.layers.LayerStore;
import dev.coracle.core.mounts.MountPlaces;
import dev.coracle.core.records.Records;
import dev.coracle.core.stores.Stores;
import dev.coracle.core.tasks.TaskRuntime;
import dev.coracle.core.types.TypedBytes;
import dev.coracle.engine.images.ImagePorts;
import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// containerd's API on a unix socket. Each request is handled on a virtual thread of its own.
/// Whoever opens the server closes it; the socket file is the opener's business.
public final class ContainerdServer implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("dev.coracle.containerd.grpc");

    private static final int TOLD_UP_TO = 2;

    private final Server server;
    private final HealthService health;
    private final DaemonMetrics metrics;
    private final EventLoopGroup loops;
    private final ExecutorService requests;

    private ContainerdServer(
            Server server,
            HealthService health,
            DaemonMetrics metrics,
            EventLoopGroup loops,
            ExecutorService requests) {
        this.server = server;
        this.health = health;
        this.metrics = metrics;
        this.loops = loops;
        this.requests = requests;
    }

    /// What the services stand on.
    public record Ports(
            Stores stores,
            GarbageCollector collector,
            LayerStore layers,
            EventExchange events,
            TaskRuntime tasks,
            RuntimeInfos runtimes,
            ImagePorts images,
            Records records,
            MountPlaces places,
            Map<String, Sandboxer> sandboxers) {}

    /// What runtimes outside the daemon say of themselves, as bytes of a
    /// `containerd.types.RuntimeInfo`.
    @FunctionalInterface
    public interface RuntimeInfos {
        /// @throws dev.coracle.base.EngineException.NotFound when there is no such runtime
        byte[] of(String runtime, TypedBytes options);
    }

    /// What the daemon says about itself. Plugins are asked for when a client does, since finding
    /// out what works here takes time; the architecture is Go's word (`amd64`).
    public record About(DaemonIdentity identity, Supplier<List<Plugin>> plugins, String architecture) {}

    /// Sizes in bytes, and whether the durations of calls are kept for the metrics.
    public record Limits(int largestReceived, int largestSent, boolean histogram) {
        /// containerd's defaults, which its clients count on.
        public static final Limits DEFAULT = new Limits(16 << 20, 16 << 20, false);
    }

    /// Binds the socket and answers from then on; health says NOT_SERVING until [#serving].
    ///
    /// @throws IOException when the socket cannot be bound
    public static ContainerdServer open(Path socket, Ports ports, About about, Limits limits) throws IOException {
        var health = new HealthService();
        var calls = new CallMetrics(limits.histogram(), System::nanoTime);
        var requests = Executors.newThreadPerTaskExecutor(Thread.ofVirtual()
                .name("request-", 0)
                .uncaughtExceptionHandler(ContainerdServer::uncaught)
                .factory());
        var loops = new MultiThreadIoEventLoopGroup(
                1,
                Thread.ofPlatform()
                        .name("socket-", 0)
                        .daemon()
                        .uncaughtExceptionHandler(ContainerdServer::uncaught)
                        .factory(),
                NioIoHandler.newFactory());
        var builder = NettyServerBuilder.forAddress(UnixDomainSocketAddress.of(socket))
                .channelType(NioServerDomainSocketChannel.class)
                .bossEventLoopGroup(loops)
                .workerEventLoopGroup(loops)
                .executor(requests)
                // the transport only hangs up on a message that is too large; up to there the boundary says why
                .maxInboundMessageSize(TOLD_UP_TO * limits.largestReceived())
                .permitKeepAliveTime(1, TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(true)
                .intercept(new Boundary(limits))
                .intercept(calls); // the last one is the outermost, and sees what the boundary makes of a failure
        services(ports, about, health).forEach(builder::addService);
        try {
            return new ContainerdServer(
                    builder.build().start(), health, new DaemonMetrics(calls, ports), loops, requests);
        } catch (IOException e) {
            loops.shutdownGracefully(0, 0, TimeUnit.SECONDS);
            requests.shutdownNow();
            throw e;
        }
    }

    private static List<BindableService> services(Ports ports, About about, HealthService health) {
        var streams = new Streams();
        var mounts = new MountsService(
                ports.places(), ports.records(), ports.images().clock());
        mounts.recover();
        return List.of(
                health,
                new StreamingService(streams),
                new TransferService(ports.images(), streams),
                mounts,
                new SandboxStoreService(ports.records(), ports.images().clock()),
                new SandboxControllerService(ports.sandboxers(), ports.events()),
                new VersionService(about.identity()),
                new IntrospectionService(about, ports.runtimes()),
                new NamespacesService(ports.stores().namespaces()),
                new LeasesService(ports.stores(), ports.collector()),
                new ContentService(ports.stores()),
                new ImagesService(ports.stores(), ports.collector()),
                new SnapshotsService(ports.stores()),
                new DiffService(ports.stores(), ports.layers()),
                new ContainersService(ports.stores()),
                new TasksService(ports.stores(), ports.tasks(), mounts),
                new EventsService(ports.events()));
    }

    private static void uncaught(Thread thread, Throwable failure) {
        LOG.log(Level.ERROR, "thread ended by a failure thread=" + thread.getName(), failure);
    }

    /// Loads what a server is made of, so that opening one takes a moment only. Meant for a second
    /// thread, beside the one that opens the stores.
    public static void warm() {
        var loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        var _ = NettyServerBuilder.forAddress(UnixDomainSocketAddress.of("/nowhere"))
                .channelType(NioServerDomainSocketChannel.class)
                .bossEventLoopGroup(loops)
                .workerEventLoopGroup(loops)
                .directExecutor()
                .addService(new HealthService())
                .intercept(new Boundary(Limits.DEFAULT))
                .build();
        // what a channel's handlers are for is found by reflection, once
        new NioServerDomainSocketChannel().unsafe().closeForcibly();
        loops.shutdownGracefully(0, 0, TimeUnit.SECONDS);
    }

    /// Says by the health service that everything is up, or that it goes down.
    public void serving(boolean serving) {
        health.serving(serving);
    }

    public DaemonMetrics metrics() {
        return metrics;
    }

    /// Takes no new requests, gives those at work a moment, and then cancels what still waits.
    @Override
    public void close() {
        close(Duration.ofMillis(500));
    }

    private void close(Duration grace) {
        serving(false);
        server.shutdown();
        try {
            if (!server.awaitTermination(grace.toMillis(), TimeUnit.MILLISECONDS)) {
                server.shutdownNow();
                server.awaitTermination(grace.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException _) {
            server.shutdownNow();
            Thread.currentThread().interrupt();
        }
        requests.shutdownNow();
        loops.shutdownGracefully(0, 0, TimeUnit.SECONDS);
    }
}
