package dev.coracle.proxy;

import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/// The programs at the other ends, one connection for each socket, however many plugins it serves. Nothing is loaded
/// or connected before the first call.
public final class Peers implements AutoCloseable {
    private static final int LARGEST_MESSAGE = 16 << 20;

    private final Map<Path, ManagedChannel> channels = new ConcurrentHashMap<>();
    private Optional<MultiThreadIoEventLoopGroup> loop = Optional.empty();
    private boolean isClosed;

    /// @param kind what it is to us: snapshotter, content, differ ...
    public Peer peer(String kind, String name, Path socket) {
        return new Peer(kind, name, socket, () -> ready(channels.computeIfAbsent(socket, this::channel)));
    }

    /// A connection that could not be made is tried again by every call, not only after a time that grows: the program
    /// may be there by now.
    private static ManagedChannel ready(ManagedChannel channel) {
        if (channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
            channel.enterIdle();
        }
        return channel;
    }

    private synchronized ManagedChannel channel(Path socket) {
        if (isClosed) {
            throw new IllegalStateException("connect to " + socket + ": the daemon ends");
        }
        if (loop.isEmpty()) {
            loop = Optional.of(new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory()));
        }
        return NettyChannelBuilder.forAddress(UnixDomainSocketAddress.of(socket))
                .channelType(NioDomainSocketChannel.class)
                .eventLoopGroup(loop.get())
                .usePlaintext()
                .overrideAuthority("localhost")
                .maxInboundMessageSize(LARGEST_MESSAGE)
                .build();
    }

    @Override
    public synchronized void close() {
        isClosed = true;
        channels.values().forEach(ManagedChannel::shutdownNow);
        loop.ifPresent(threads -> threads.shutdownGracefully(0, 100, TimeUnit.MILLISECONDS));
    }
}
