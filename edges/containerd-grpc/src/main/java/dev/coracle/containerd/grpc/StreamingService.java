package dev.coracle.containerd.grpc;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.containerd.api.streaming.StreamInit;
import dev.coracle.containerd.api.streaming.StreamingGrpc;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import org.jspecify.annotations.Nullable;

/// Streams that other calls refer to by id. The first object names the stream, the first answer
/// says that it can be used.
final class StreamingService extends StreamingGrpc.StreamingImplBase {
    private final Streams streams;

    StreamingService(Streams streams) {
        this.streams = streams;
    }

    @Override
    public StreamObserver<Any> stream(StreamObserver<Any> reply) {
        var namespace = Caller.scope().namespace();
        var call = (ServerCallStreamObserver<Any>) reply;
        call.disableAutoRequest();
        call.request(1);
        return new Opening(namespace, call);
    }

    /// Waits for the name, and hands everything after it to the stream.
    private final class Opening implements StreamObserver<Any> {
        private final String namespace;
        private final ServerCallStreamObserver<Any> reply;
        private @Nullable ClientStream stream;
        private String id = "";

        Opening(String namespace, ServerCallStreamObserver<Any> reply) {
            this.namespace = namespace;
            this.reply = reply;
            // handlers may only be set before the first message: the stream exists from now on
            stream = new ClientStream(reply, this::forget);
        }

        private ClientStream stream() {
            return java.util.Objects.requireNonNull(stream);
        }

        private void forget() {
            if (!id.isEmpty()) {
                streams.remove(namespace, id, stream());
            }
        }

        @Override
        public void onNext(Any message) {
            if (!id.isEmpty()) {
                stream().onNext(message);
                return;
            }
            var name = name(message);
            streams.add(namespace, name, stream());
            id = name;
            stream().acknowledge();
        }

        private static String name(Any message) {
            try {
                if (message.getTypeUrl().equals(StreamInit.getDescriptor().getFullName())) {
                    var name = StreamInit.parseFrom(message.getValue()).getId();
                    if (!name.isEmpty()) {
                        return name;
                    }
                }
            } catch (InvalidProtocolBufferException malformed) {
                throw new InvalidArgument("malformed stream init", malformed);
            }
            throw new InvalidArgument(
                    "the first object of a stream must be a stream init with an id, not " + message.getTypeUrl());
        }

        @Override
        public void onError(Throwable failure) {
            stream().onError(failure);
        }

        @Override
        public void onCompleted() {
            if (id.isEmpty()) {
                reply.onCompleted();
            } else {
                stream().onCompleted();
            }
        }
    }
}
