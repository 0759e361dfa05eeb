package dev.coracle.commands.client;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.coracle.base.Digest;
import dev.coracle.base.EngineException;
import dev.coracle.base.EngineException.Unknown;
import dev.coracle.containerd.api.content.ContentGrpc;
import dev.coracle.containerd.api.content.WriteAction;
import dev.coracle.containerd.api.content.WriteContentRequest;
import dev.coracle.containerd.api.content.WriteContentResponse;
import dev.coracle.core.content.BlobWriter;
import dev.coracle.core.content.IngestStatus;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// An ingest of the daemon: one stream, one answer for each message.
final class RemoteWriter implements BlobWriter {
    private static final System.Logger LOG = System.getLogger(RemoteWriter.class.getName());
    private static final int LARGEST_PIECE = 8 << 20;
    private static final int LAST_WORDS_SECONDS = 10;

    private final BlockingClientCall<WriteContentRequest, WriteContentResponse> stream;
    private final String ref;
    private final long total;
    private final Optional<Digest> expected;
    private WriteContentResponse last;
    private boolean isClosed;

    private RemoteWriter(
            BlockingClientCall<WriteContentRequest, WriteContentResponse> stream,
            String ref,
            long total,
            Optional<Digest> expected,
            WriteContentResponse last) {
        this.stream = stream;
        this.ref = ref;
        this.total = total;
        this.expected = expected;
        this.last = last;
    }

    static RemoteWriter open(Connection connection, String ref, long total, Optional<Digest> expected) {
        var stream = connection.stub(ContentGrpc::newBlockingV2Stub).write();
        var request = WriteContentRequest.newBuilder()
                .setAction(WriteAction.STAT)
                .setRef(ref)
                .setTotal(total)
                .setExpected(expected.map(Digest::toString).orElse(""))
                .build();
        try {
            return new RemoteWriter(stream, ref, total, expected, exchange(stream, request));
        } catch (EngineException e) {
            stream.cancel("failed", e);
            throw e;
        }
    }

    private static WriteContentResponse exchange(
            BlockingClientCall<WriteContentRequest, WriteContentResponse> stream, WriteContentRequest request) {
        var answer = Connection.call(() -> {
            stream.write(request);
            return Optional.ofNullable(stream.read());
        });
        return answer.orElseThrow(() -> new Unknown("write content: the daemon ended the stream"));
    }

    private WriteContentRequest.Builder message(WriteAction action) {
        return WriteContentRequest.newBuilder()
                .setAction(action)
                .setRef(ref)
                .setTotal(total)
                .setExpected(expected.map(Digest::toString).orElse(""))
                .setOffset(last.getOffset());
    }

    @Override
    public IngestStatus status() {
        return new IngestStatus(
                ref,
                last.getOffset(),
                last.getTotal(),
                expected,
                Wires.instant(last.getStartedAt()),
                Wires.instant(last.getUpdatedAt()));
    }

    @Override
    public Digest digest() {
        return Digest.parse(last.getDigest());
    }

    @Override
    public void write(ByteBuffer bytes) {
        while (bytes.hasRemaining()) {
            var piece = bytes.slice(bytes.position(), Math.min(bytes.remaining(), LARGEST_PIECE));
            bytes.position(bytes.position() + piece.remaining());
            // the piece is not touched before the answer is there
            var data = UnsafeByteOperations.unsafeWrap(piece);
            last = exchange(stream, message(WriteAction.WRITE).setData(data).build());
        }
    }

    /// A write at offset 0 empties an ingest; other sizes are not on the wire.
    @Override
    public void truncate(long size) {
        if (size != 0) {
            throw new EngineException.NotImplemented("cut an ingest to " + size + " bytes");
        }
        last = exchange(
                stream,
                message(WriteAction.WRITE)
                        .setOffset(0)
                        .setData(ByteString.EMPTY)
                        .build());
    }

    @Override
    public Digest commit(long size, Optional<Digest> wanted, Map<String, String> labels) {
        var request = message(WriteAction.COMMIT)
                .setTotal(size)
                .setExpected(wanted.map(Digest::toString).orElse(""))
                .putAllLabels(labels)
                .build();
        last = exchange(stream, request);
        return digest();
    }

    /// Ends the stream; without a commit the daemon keeps the ingest. When this returns, the daemon
    /// has let go of it, so that it can be aborted or collected, also when the thread is
    /// interrupted, as it is when another download failed.
    @Override
    public void close() {
        if (isClosed) {
            return;
        }
        isClosed = true;
        var isInterrupted = Thread.interrupted();
        try {
            stream.halfClose();
            while (stream.read(LAST_WORDS_SECONDS, TimeUnit.SECONDS) != null) {
                // the last answer is sent again when the dialogue ends well
            }
        } catch (StatusException | TimeoutException ended) {
            LOG.log(System.Logger.Level.DEBUG, "the stream of an ingest ended ref=" + ref, ended);
        } catch (InterruptedException stop) {
            isInterrupted = true;
        } finally {
            stream.cancel("done", null);
            if (isInterrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
