package dev.coracle.shim;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import com.google.rpc.Code;
import dev.coracle.base.EngineException.Internal;
import dev.coracle.base.EngineException.Unavailable;
import dev.coracle.containerd.api.ttrpc.KeyValue;
import dev.coracle.containerd.api.ttrpc.Request;
import dev.coracle.containerd.api.ttrpc.Response;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// A connection to a shim. Many calls may be under way at once; each waits on its caller's thread.
/// There is no cancelling in ttrpc: who gives up waiting leaves the answer to be thrown away.
///
/// When the other side ends the connection, every call that waits fails with Unavailable, and the
/// listener is told once.
public final class TtrpcClient implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(TtrpcClient.class.getName());
    private static final int HEADER = 10;
    private static final int LARGEST = 4 << 20;
    private static final byte REQUEST = 1;
    private static final byte RESPONSE = 2;

    private final SocketChannel channel;
    private final String namespace;
    private final Runnable ended;
    private final AtomicInteger streams = new AtomicInteger(-1);
    private final Map<Integer, Waiting> waiting = new ConcurrentHashMap<>();
    private volatile boolean closed;

    /// One call that has been sent.
    private static final class Waiting {
        private volatile @Nullable Response response;
        private final FutureTask<@Nullable Response> answer = new FutureTask<>(() -> response);

        void answered(@Nullable Response how) {
            response = how;
            answer.run();
        }
    }

    private TtrpcClient(SocketChannel channel, String namespace, Runnable ended) {
        this.channel = channel;
        this.namespace = namespace;
        this.ended = ended;
    }

    /// Connects; `ended` is called once, on a thread of its own, when the other side is gone, but
    /// not after [#close].
    public static TtrpcClient connect(Path socket, String namespace, Runnable ended) throws IOException {
        var channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
        var client = new TtrpcClient(channel, namespace, ended);
        Thread.ofVirtual().name("shim-connection").start(client::read);
        return client;
    }

    /// Calls and waits as long as it takes.
    public <T> T call(String service, String method, MessageLite request, Parser<T> parser) {
        return call(service, method, request, parser, Duration.ZERO);
    }

    /// @param limit how long to wait; zero for as long as it takes
    /// @throws dev.coracle.base.EngineException what the shim answers; Unavailable when it is gone
    ///     or does not answer in time
    <T> T call(String service, String method, MessageLite request, Parser<T> parser, Duration limit) {
        var what = "ask the shim to " + method;
        var mine = new Waiting();
        int stream;
        try {
            synchronized (channel) {
                stream = streams.addAndGet(2); // rising in the order of sending
                waiting.put(stream, mine);
                send(stream, encode(service, method, request, limit));
            }
        } catch (IOException e) {
            throw new Unavailable(what + ": " + e.getMessage(), e);
        }
        if (closed) {
            mine.answered(null); // the reader may have passed before we were in the map
        }
        try {
            var response = await(mine, limit);
            if (response == null) {
                throw new Unavailable(what + ": the shim has ended");
            }
            var status = response.getStatus();
            if (status.getCode() != Code.OK_VALUE) {
                throw ShimFailures.of(status.getCode(), status.getMessage());
            }
            return parser.parseFrom(response.getPayload());
        } catch (InvalidProtocolBufferException e) {
            throw new Internal(what + ": the answer cannot be read", e);
        } catch (TimeoutException e) {
            throw new Unavailable(what + ": no answer within " + limit.toMillis() + " ms", e);
        } finally {
            waiting.remove(stream);
        }
    }

    /// Whether neither side has ended the connection.
    boolean isOpen() {
        return !closed;
    }

    private static @Nullable Response await(Waiting call, Duration limit) throws TimeoutException {
        try {
            return limit.isZero() ? call.answer.get() : call.answer.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Unavailable("wait for the shim: interrupted", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("an answer that is there", e);
        }
    }

    private byte[] encode(String service, String method, MessageLite request, Duration limit) {
        return Request.newBuilder()
                .setService(service)
                .setMethod(method)
                .setPayload(request.toByteString())
                .setTimeoutNano(limit.toNanos())
                .addMetadata(KeyValue.newBuilder()
                        .setKey("containerd-namespace-ttrpc")
                        .setValue(namespace))
                .build()
                .toByteArray();
    }

    private void send(int stream, byte[] message) throws IOException {
        var frame = ByteBuffer.allocate(HEADER + message.length)
                .putInt(message.length)
                .putInt(stream)
                .put(REQUEST)
                .put((byte) 0)
                .put(message)
                .flip();
        while (frame.hasRemaining()) {
            channel.write(frame);
        }
    }

    private void read() {
        try (var in = new DataInputStream(Channels.newInputStream(channel))) {
            while (true) {
                var length = in.readInt();
                var stream = in.readInt();
                var type = in.readByte();
                in.skipNBytes(1);
                if (length < 0 || length > LARGEST) {
                    throw new IOException("frame of " + Integer.toUnsignedString(length) + " bytes");
                }
                var message = in.readNBytes(length);
                if (message.length < length) {
                    throw new EOFException("frame ends early");
                }
                var call = type == RESPONSE ? waiting.get(stream) : null;
                if (call != null) {
                    call.answered(Response.parseFrom(message));
                }
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, () -> "shim connection ended error=" + e);
        } finally {
            var byUs = closed;
            closed = true;
            waiting.values().forEach(call -> call.answered(null));
            if (!byUs) {
                ended.run();
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        try {
            channel.close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, () -> "close shim connection error=" + e);
        }
    }
}
