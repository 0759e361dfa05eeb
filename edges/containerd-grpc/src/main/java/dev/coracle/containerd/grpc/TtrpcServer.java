package dev.coracle.containerd.grpc;

import com.google.protobuf.Empty;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.rpc.Code;
import com.google.rpc.Status;
import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.base.EngineException.NotImplemented;
import dev.coracle.base.EngineException.ResourceExhausted;
import dev.coracle.containerd.api.events.ttrpc.ForwardRequest;
import dev.coracle.containerd.api.ttrpc.Request;
import dev.coracle.containerd.api.ttrpc.Response;
import dev.coracle.core.events.EventExchange;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The ttrpc twin of the socket, where shims forward their events.
///
/// A frame is ten bytes (length and stream id, four bytes each, big endian; type; flags) and the
/// message. Streams have odd, rising ids; there is no cancelling and no flow control. Requests of
/// one connection are answered in any order.
public final class TtrpcServer implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("dev.coracle.containerd.grpc");
    private static final int HEADER = 10;
    private static final int LARGEST = 4 << 20;
    private static final byte REQUEST = 1;
    private static final byte RESPONSE = 2;

    private final ServerSocketChannel listener;
    private final Map<String, Method> methods;
    private final Set<SocketChannel> connections = ConcurrentHashMap.newKeySet();

    /// One method: bytes in, message out.
    @FunctionalInterface
    private interface Method {
        MessageLite call(com.google.protobuf.ByteString payload) throws InvalidProtocolBufferException;
    }

    private TtrpcServer(ServerSocketChannel listener, EventExchange events) {
        this.listener = listener;
        this.methods = Map.of("containerd.services.events.ttrpc.v1.Events/Forward", payload -> {
            EventsService.forward(events, ForwardRequest.parseFrom(payload).getEnvelope());
            return Empty.getDefaultInstance();
        });
    }

    /// Binds the socket and answers from then on.
    public static TtrpcServer open(Path socket, EventExchange events) throws IOException {
        var listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            listener.bind(UnixDomainSocketAddress.of(socket));
        } catch (IOException e) {
            listener.close();
            throw e;
        }
        var server = new TtrpcServer(listener, events);
        Thread.ofVirtual().name("ttrpc-accept").start(server::accept);
        return server;
    }

    private void accept() {
        try {
            while (true) {
                var connection = listener.accept();
                connections.add(connection);
                Thread.ofVirtual().name("ttrpc-connection").start(() -> serve(connection));
            }
        } catch (ClosedChannelException _) {
            LOG.log(Level.DEBUG, "ttrpc socket closed");
        } catch (IOException e) {
            LOG.log(Level.ERROR, "ttrpc socket failed", e);
        }
    }

    private void serve(SocketChannel connection) {
        try (connection;
                var in = new DataInputStream(Channels.newInputStream(connection))) {
            while (true) {
                frame(connection, in);
            }
        } catch (EOFException | ClosedChannelException _) {
            LOG.log(Level.DEBUG, "ttrpc connection ended");
        } catch (IOException e) {
            LOG.log(Level.WARNING, "ttrpc connection failed error=" + e.getMessage());
        } finally {
            connections.remove(connection);
        }
    }

    private void frame(SocketChannel connection, DataInputStream in) throws IOException {
        var length = in.readInt();
        var stream = in.readInt();
        var type = in.readByte();
        in.skipNBytes(1); // flags: none matters to a request that is whole
        if (length < 0 || length > LARGEST) {
            in.skipNBytes(Integer.toUnsignedLong(length));
            var tooLarge = new ResourceExhausted("message of " + Integer.toUnsignedString(length)
                    + " bytes is larger than the maximum of " + LARGEST);
            answer(connection, stream, failure(tooLarge));
            return;
        }
        var message = in.readNBytes(length);
        if (message.length < length) {
            throw new EOFException("frame ends early");
        }
        if (type == REQUEST) {
            Thread.ofVirtual().name("ttrpc-request").start(() -> handle(connection, stream, message));
        }
    }

    private void handle(SocketChannel connection, int stream, byte[] message) {
        try {
            answer(connection, stream, respond(message));
        } catch (IOException e) {
            LOG.log(Level.DEBUG, () -> "ttrpc answer lost error=" + e.getMessage());
        }
    }

    private Response respond(byte[] message) {
        try {
            var request = Request.parseFrom(message);
            var name = request.getService() + "/" + request.getMethod();
            var method = methods.get(name);
            if (method == null) {
                throw new NotImplemented("method " + name);
            }
            return Response.newBuilder()
                    .setStatus(Status.newBuilder().setCode(Code.OK_VALUE))
                    .setPayload(method.call(request.getPayload()).toByteString())
                    .build();
        } catch (InvalidProtocolBufferException e) {
            return failure(new InvalidArgument("request cannot be read", e));
        } catch (RuntimeException e) {
            return failure(e);
        }
    }

    private static Response failure(RuntimeException failure) {
        var status = Boundary.fail("ttrpc", failure);
        return Response.newBuilder()
                .setStatus(Status.newBuilder()
                        .setCode(status.getCode().value())
                        .setMessage(String.valueOf(status.getDescription())))
                .build();
    }

    private static void answer(SocketChannel connection, int stream, Response response) throws IOException {
        var message = response.toByteArray();
        var frame = ByteBuffer.allocate(HEADER + message.length)
                .putInt(message.length)
                .putInt(stream)
                .put(RESPONSE)
                .put((byte) 0)
                .put(message)
                .flip();
        synchronized (connection) {
            while (frame.hasRemaining()) {
                connection.write(frame);
            }
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (var connection : connections) {
            connection.close();
        }
    }
}
