package dev.coracle.proxy;

import io.grpc.BindableService;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/// Services of a test on a unix socket, as another program would have them.
final class Served implements AutoCloseable {
    static final Context.Key<String> NAMESPACE = Context.key("namespace");
    private static final Metadata.Key<String> HEADER =
            Metadata.Key.of("containerd-namespace", Metadata.ASCII_STRING_MARSHALLER);

    private final Server server;
    private final MultiThreadIoEventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

    Served(Path socket, BindableService service) throws IOException {
        server = NettyServerBuilder.forAddress(UnixDomainSocketAddress.of(socket))
                .channelType(NioServerDomainSocketChannel.class)
                .bossEventLoopGroup(loops)
                .workerEventLoopGroup(loops)
                .intercept(new Headers())
                .addService(service)
                .build()
                .start();
    }

    private static final class Headers implements ServerInterceptor {
        @Override
        public <A, B> ServerCall.Listener<A> interceptCall(
                ServerCall<A, B> call, Metadata headers, ServerCallHandler<A, B> next) {
            var namespace = headers.get(HEADER);
            var context = Context.current().withValue(NAMESPACE, namespace == null ? "" : namespace);
            return Contexts.interceptCall(context, call, headers, next);
        }
    }

    @Override
    public void close() {
        server.shutdownNow();
        loops.shutdownGracefully(0, 0, TimeUnit.SECONDS);
    }
}
