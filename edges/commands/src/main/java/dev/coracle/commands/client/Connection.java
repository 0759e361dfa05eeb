package dev.coracle.commands.client;

import dev.coracle.base.EngineException;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.base.EngineException.Unavailable;
import dev.coracle.containerd.grpc.Failures;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/// A connection to a daemon, in one namespace, perhaps under a lease. Views with another
/// namespace or lease share the socket; the one that was opened is closed.
public final class Connection implements AutoCloseable {
    private static final int LARGEST_MESSAGE = 16 << 20;
    private static final Metadata.Key<String> NAMESPACE =
            Metadata.Key.of("containerd-namespace", Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<String> LEASE =
            Metadata.Key.of("containerd-lease", Metadata.ASCII_STRING_MARSHALLER);

    private final ManagedChannel socket;
    private final MultiThreadIoEventLoopGroup loop;
    private final String namespace;
    private final Channel channel;
    private final boolean isView;

    private Connection(
            ManagedChannel socket, MultiThreadIoEventLoopGroup loop, String namespace, String lease, boolean isView) {
        this.isView = isView;
        this.socket = socket;
        this.loop = loop;
        this.namespace = namespace;
        var headers = new Metadata();
        headers.put(NAMESPACE, namespace);
        if (!lease.isEmpty()) {
            headers.put(LEASE, lease);
        }
        channel = ClientInterceptors.intercept(socket, MetadataUtils.newAttachHeadersInterceptor(headers));
    }

    /// Opens the daemon's socket. Whether it answers shows with the first call.
    ///
    /// @throws Unavailable when there is no socket
    public static Connection open(Path address, String namespace) {
        if (!Files.exists(address)) {
            throw new Unavailable("cannot access socket " + address + ": no such file or directory")
                    .remedy("start the daemon, or name its socket (--address, CONTAINERD_ADDRESS)");
        }
        var loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        var socket = NettyChannelBuilder.forAddress(UnixDomainSocketAddress.of(address))
                .channelType(NioDomainSocketChannel.class)
                .eventLoopGroup(loop)
                .usePlaintext()
                .overrideAuthority("localhost")
                .maxInboundMessageSize(LARGEST_MESSAGE)
                .build();
        return new Connection(socket, loop, namespace, "", false);
    }

    public String namespace() {
        return namespace;
    }

    /// The same connection for calls under a lease.
    public Connection withLease(String lease) {
        return new Connection(socket, loop, namespace, lease, true);
    }

    /// The same connection in another namespace.
    public Connection in(String other) {
        return new Connection(socket, loop, other, "", true);
    }

    /// A stub: `connection.stub(ImagesGrpc::newBlockingStub)`.
    public <S> S stub(Function<Channel, S> factory) {
        return factory.apply(channel);
    }

    /// Makes a call and turns a status into the failure it stands for.
    public static <T> T call(java.util.concurrent.Callable<T> call) {
        try {
            return call.call();
        } catch (StatusRuntimeException e) {
            throw failure(e.getStatus(), e);
        } catch (StatusException e) {
            throw failure(e.getStatus(), e);
        } catch (RuntimeException e) {
            throw e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EngineException.Aborted("interrupted while waiting for the daemon", e);
        } catch (Exception e) {
            throw new EngineException.Unknown(String.valueOf(e.getMessage()), e);
        }
    }

    /// Makes a call for something that may be absent.
    public static <T> Optional<T> find(java.util.concurrent.Callable<T> call) {
        try {
            return Optional.of(call(call));
        } catch (NotFound absent) {
            return Optional.empty();
        }
    }

    /// The failure a status stands for.
    public static EngineException failure(Status status, Throwable cause) {
        if (status.getCode() == Status.Code.UNAVAILABLE && status.getCause() instanceof java.io.IOException refused) {
            return new Unavailable("connect to the daemon: " + refused.getMessage(), cause)
                    .remedy("start the daemon, or name its socket (--address, CONTAINERD_ADDRESS)");
        }
        return Failures.toException(status);
    }

    @Override
    public void close() {
        if (isView) {
            return;
        }
        socket.shutdownNow();
        loop.shutdownGracefully(0, 100, TimeUnit.MILLISECONDS);
    }

    /// Waits for the connection to stand.
    ///
    /// @throws Unavailable when it does not within this time
    public void await(Duration time) {
        var deadline = System.nanoTime() + time.toNanos();
        var state = socket.getState(true);
        while (state != ConnectivityState.READY) {
            var changed = new CountDownLatch(1);
            socket.notifyWhenStateChanged(state, changed::countDown);
            try {
                if (!changed.await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                    throw new Unavailable("connect to the daemon: no connection within " + time.toMillis() + " ms");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new EngineException.Aborted("interrupted while connecting", e);
            }
            state = socket.getState(true);
        }
    }
}
