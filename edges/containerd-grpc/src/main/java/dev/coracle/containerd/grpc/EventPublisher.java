package dev.coracle.containerd.grpc;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.containerd.api.events.service.EventsGrpc;
import dev.coracle.containerd.api.events.service.PublishRequest;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/// A client of one call: publishes an event to a daemon. Shims start us for that.
public final class EventPublisher {
    private EventPublisher() {}

    /// @param event an Any, as bytes
    /// @throws dev.coracle.base.EngineException what the daemon answers
    public static void publish(Path socket, String namespace, String topic, byte[] event) throws InterruptedException {
        var loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        var channel = NettyChannelBuilder.forAddress(UnixDomainSocketAddress.of(socket))
                .channelType(NioDomainSocketChannel.class)
                .eventLoopGroup(loops)
                .overrideAuthority("localhost")
                .usePlaintext()
                .build();
        try {
            var headers = new Metadata();
            headers.put(Caller.NAMESPACE, namespace);
            var ignored = EventsGrpc.newBlockingStub(channel)
                    .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                    .withDeadlineAfter(10, TimeUnit.SECONDS)
                    .publish(PublishRequest.newBuilder()
                            .setTopic(topic)
                            .setEvent(Any.parseFrom(event))
                            .build());
        } catch (InvalidProtocolBufferException e) {
            throw new InvalidArgument("event on standard input is not an Any", e);
        } catch (StatusRuntimeException e) {
            throw Failures.toException(e.getStatus()).within("publish " + topic + " to " + socket);
        } finally {
            channel.shutdownNow().awaitTermination(1, TimeUnit.SECONDS);
            loops.shutdownGracefully(0, 0, TimeUnit.SECONDS);
        }
    }
}
