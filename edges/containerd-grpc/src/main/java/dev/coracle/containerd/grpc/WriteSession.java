package dev.coracle.containerd.grpc;

import dev.coracle.base.Digest;
import dev.coracle.base.EngineException;
import dev.coracle.base.EngineException.AlreadyExists;
import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.base.EngineException.OutOfRange;
import dev.coracle.containerd.api.content.WriteContentRequest;
import dev.coracle.containerd.api.content.WriteContentResponse;
import dev.coracle.core.content.BlobWriter;
import dev.coracle.core.content.ContentStore;
import io.grpc.stub.StreamObserver;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The dialogue by which a blob is written: one answer to each message, in order; the ingest is
/// locked for as long as it lasts. An end without a commit, or a failed commit, keeps the ingest.
///
/// Answers pile up in one message: what STAT has filled in stays in later ones, and the last one
/// is sent again when the dialogue ends well. Clients of containerd know it so.
final class WriteSession implements StreamObserver<WriteContentRequest> {
    private final ContentStore content;
    private final StreamObserver<WriteContentResponse> reply;
    private final WriteContentResponse.Builder answer = WriteContentResponse.newBuilder();
    private String ref = "";
    private long total;
    private Optional<Digest> expected = Optional.empty();
    private @Nullable BlobWriter writer;
    private boolean ended;

    WriteSession(ContentStore content, StreamObserver<WriteContentResponse> reply) {
        this.content = content;
        this.reply = reply;
    }

    @Override
    public void onNext(WriteContentRequest request) {
        if (ended) {
            return;
        }
        try {
            handle(request);
        } catch (RuntimeException e) {
            end();
            throw e;
        }
    }

    private void handle(WriteContentRequest request) {
        var open = writer == null ? open(request) : writer;
        var status = open.status();
        answer.setAction(request.getAction()).setOffset(status.offset());
        expect(request);
        if (request.getTotal() > 0) {
            total = request.getTotal();
        }
        switch (request.getAction()) {
            case STAT ->
                answer.setDigest(open.digest().toString())
                        .setStartedAt(Wire.timestamp(status.startedAt()))
                        .setUpdatedAt(Wire.timestamp(status.updatedAt()))
                        .setTotal(total);
            case WRITE -> {
                append(open, status.offset(), request);
                answer.setDigest(open.digest().toString());
            }
            case COMMIT -> {
                append(open, status.offset(), request);
                answer.setDigest(
                        open.commit(total, expected, request.getLabelsMap()).toString());
            }
            case UNRECOGNIZED -> throw new InvalidArgument("write action " + request.getActionValue());
        }
        reply.onNext(answer.build());
        if (request.getAction() == dev.coracle.containerd.api.content.WriteAction.COMMIT) {
            finish();
        }
    }

    private BlobWriter open(WriteContentRequest first) {
        if (first.getRef().isEmpty()) {
            throw new InvalidArgument("first message must have a reference");
        }
        ref = first.getRef();
        total = first.getTotal();
        expected = digest(first);
        var opened = content.writer(ref, total, expected);
        writer = opened;
        return opened;
    }

    /// A blob that somebody else has brought meanwhile ends the dialogue, and the ingest with it.
    private void expect(WriteContentRequest request) {
        var wanted = digest(request);
        if (wanted.isEmpty()) {
            return;
        }
        expected = wanted;
        try {
            content.info(wanted.get());
        } catch (NotFound _) {
            return;
        }
        end();
        abort();
        throw new AlreadyExists("blob with expected digest " + request.getExpected() + " exists");
    }

    private void abort() {
        try {
            content.abort(ref);
        } catch (EngineException _) {
            // Already gone, which is what is wanted.
        }
    }

    private void append(BlobWriter open, long offset, WriteContentRequest request) {
        if (request.getOffset() > 0 && request.getOffset() != offset) {
            throw new OutOfRange("write at " + request.getOffset() + " must occur at current offset " + offset);
        }
        if (request.getOffset() == 0 && offset > 0) {
            open.truncate(0);
            answer.setOffset(0);
        }
        if (!request.getData().isEmpty()) {
            open.write(request.getData().asReadOnlyByteBuffer());
            answer.setOffset(answer.getOffset() + request.getData().size());
        }
    }

    private static Optional<Digest> digest(WriteContentRequest request) {
        return request.getExpected().isEmpty() ? Optional.empty() : Optional.of(Digest.parse(request.getExpected()));
    }

    private void finish() {
        end();
        reply.onNext(answer.build());
        reply.onCompleted();
    }

    private void end() {
        ended = true;
        if (writer != null) {
            writer.close();
            writer = null;
        }
    }

    @Override
    public void onError(Throwable gone) {
        end();
    }

    @Override
    public void onCompleted() {
        if (ended) {
            return;
        }
        if (writer == null) {
            throw new InvalidArgument("first message must have a reference");
        }
        finish();
    }
}
