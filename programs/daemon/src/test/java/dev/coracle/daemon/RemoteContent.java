package dev.coracle.daemon;

import static dev.coracle.daemon.RemoteValues.ask;

import com.google.protobuf.ByteString;
import dev.coracle.base.Digest;
import dev.coracle.base.EngineException.Aborted;
import dev.coracle.base.Filter;
import dev.coracle.containerd.api.content.AbortRequest;
import dev.coracle.containerd.api.content.ContentGrpc;
import dev.coracle.containerd.api.content.DeleteContentRequest;
import dev.coracle.containerd.api.content.Info;
import dev.coracle.containerd.api.content.InfoRequest;
import dev.coracle.containerd.api.content.ListContentRequest;
import dev.coracle.containerd.api.content.ListStatusesRequest;
import dev.coracle.containerd.api.content.ReadContentRequest;
import dev.coracle.containerd.api.content.Status;
import dev.coracle.containerd.api.content.StatusRequest;
import dev.coracle.containerd.api.content.UpdateRequest;
import dev.coracle.containerd.api.content.WriteAction;
import dev.coracle.containerd.api.content.WriteContentRequest;
import dev.coracle.containerd.api.content.WriteContentResponse;
import dev.coracle.containerd.grpc.Failures;
import dev.coracle.core.content.BlobReader;
import dev.coracle.core.content.BlobWriter;
import dev.coracle.core.content.ContentInfo;
import dev.coracle.core.content.ContentStore;
import dev.coracle.core.content.IngestStatus;
import dev.coracle.core.types.FieldMask;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Content over the wire; each writer is one dialogue.
record RemoteContent(ContentGrpc.ContentBlockingStub stub, ContentGrpc.ContentStub dialogues) implements ContentStore {
    @Override
    public ContentInfo info(Digest digest) {
        return decode(ask(() -> stub.info(
                        InfoRequest.newBuilder().setDigest(digest.toString()).build()))
                .getInfo());
    }

    @Override
    public ContentInfo update(Digest digest, Map<String, String> labels, FieldMask mask) {
        return decode(ask(() -> stub.update(UpdateRequest.newBuilder()
                        .setInfo(Info.newBuilder().setDigest(digest.toString()).putAllLabels(labels))
                        .setUpdateMask(RemoteValues.mask(mask))
                        .build()))
                .getInfo());
    }

    @Override
    public void walk(List<Filter> filters, Consumer<ContentInfo> visitor) {
        var all = new ArrayList<ContentInfo>();
        ask(() -> {
            stub.list(ListContentRequest.getDefaultInstance())
                    .forEachRemaining(answer -> answer.getInfoList().forEach(info -> all.add(decode(info))));
            return all;
        });
        all.stream()
                .filter(info -> Filter.any(filters, path -> switch (path.getFirst()) {
                    case "digest" -> Optional.of(info.digest().toString());
                    case "labels" -> Filter.label(info.labels(), path);
                    default -> Optional.empty();
                }))
                .forEach(visitor);
    }

    @Override
    public void delete(Digest digest) {
        ask(() -> stub.delete(
                DeleteContentRequest.newBuilder().setDigest(digest.toString()).build()));
    }

    @Override
    public BlobReader open(Digest digest) {
        return new Reader(this, digest, info(digest).size());
    }

    @Override
    public BlobWriter writer(String ref, long total, Optional<Digest> expected) {
        return new Writer(this, ref, total, expected);
    }

    @Override
    public IngestStatus status(String ref) {
        return decode(
                ask(() -> stub.status(StatusRequest.newBuilder().setRef(ref).build()))
                        .getStatus());
    }

    @Override
    public List<IngestStatus> statuses(List<Filter> filters) {
        return ask(() -> stub.listStatuses(ListStatusesRequest.getDefaultInstance())).getStatusesList().stream()
                .map(RemoteContent::decode)
                .filter(status -> Filter.any(
                        filters, path -> path.getFirst().equals("ref") ? Optional.of(status.ref()) : Optional.empty()))
                .toList();
    }

    @Override
    public void abort(String ref) {
        ask(() -> stub.abort(AbortRequest.newBuilder().setRef(ref).build()));
    }

    private static ContentInfo decode(Info info) {
        return new ContentInfo(
                Digest.parse(info.getDigest()),
                info.getSize(),
                RemoteValues.instant(info.getCreatedAt()),
                RemoteValues.instant(info.getUpdatedAt()),
                info.getLabelsMap());
    }

    private static IngestStatus decode(Status status) {
        return new IngestStatus(
                status.getRef(),
                status.getOffset(),
                status.getTotal(),
                status.getExpected().isEmpty() ? Optional.empty() : Optional.of(Digest.parse(status.getExpected())),
                RemoteValues.instant(status.getStartedAt()),
                RemoteValues.instant(status.getUpdatedAt()));
    }

    private record Reader(RemoteContent content, Digest digest, long size) implements BlobReader {
        @Override
        public int read(ByteBuffer buffer, long offset) {
            if (offset >= size) {
                return -1;
            }
            var before = buffer.position();
            ask(() -> {
                content.stub()
                        .read(ReadContentRequest.newBuilder()
                                .setDigest(digest.toString())
                                .setOffset(offset)
                                .setSize(buffer.remaining())
                                .build())
                        .forEachRemaining(answer -> buffer.put(answer.getData().asReadOnlyByteBuffer()));
                return buffer;
            });
            return buffer.position() - before;
        }

        @Override
        public void close() {}
    }

    private static final class Writer implements BlobWriter, StreamObserver<WriteContentResponse> {
        private final BlockingQueue<Object> answers = new LinkedBlockingQueue<>();
        private final RemoteContent content;
        private final String ref;
        private final long total;
        private final Optional<Digest> expected;
        private StreamObserver<WriteContentRequest> requests;
        private WriteContentResponse last;
        private boolean ended;

        Writer(RemoteContent content, String ref, long total, Optional<Digest> expected) {
            this.content = content;
            this.ref = ref;
            this.total = total;
            this.expected = expected;
            requests = content.dialogues().write(this);
            last = answer(stat());
        }

        private WriteContentRequest.Builder stat() {
            return WriteContentRequest.newBuilder()
                    .setAction(WriteAction.STAT)
                    .setRef(ref)
                    .setTotal(total)
                    .setExpected(expected.map(Digest::toString).orElse(""));
        }

        /// A failure ends the dialogue but keeps the ingest, so the next word opens another one.
        private WriteContentResponse say(WriteContentRequest.Builder request) {
            if (ended) {
                ended = false;
                requests = content.dialogues().write(this);
                answer(stat());
            }
            return answer(request);
        }

        private WriteContentResponse answer(WriteContentRequest.Builder request) {
            requests.onNext(request.build());
            if (next() instanceof WriteContentResponse answer) {
                return answer;
            }
            throw new IllegalStateException("the dialogue ended without an answer");
        }

        private Object next() {
            try {
                var answer = answers.poll(60, TimeUnit.SECONDS);
                if (answer instanceof StatusRuntimeException failure) {
                    ended = true;
                    throw Failures.toException(failure.getStatus());
                }
                return answer == null ? "nothing" : answer;
            } catch (InterruptedException e) {
                throw new Aborted("interrupted", e);
            }
        }

        @Override
        public void onNext(WriteContentResponse answer) {
            answers.add(answer);
        }

        @Override
        public void onError(Throwable failure) {
            answers.add(failure);
        }

        @Override
        public void onCompleted() {
            answers.add("end");
        }

        @Override
        public IngestStatus status() {
            return new IngestStatus(
                    ref,
                    last.getOffset(),
                    last.getTotal(),
                    expected,
                    RemoteValues.instant(last.getStartedAt()),
                    RemoteValues.instant(last.getUpdatedAt()));
        }

        @Override
        public Digest digest() {
            return Digest.parse(last.getDigest());
        }

        @Override
        public void write(ByteBuffer bytes) {
            last = say(WriteContentRequest.newBuilder()
                    .setAction(WriteAction.WRITE)
                    .setOffset(last.getOffset())
                    .setData(ByteString.copyFrom(bytes)));
        }

        @Override
        public void truncate(long size) {
            if (size != 0) {
                throw new UnsupportedOperationException("the wire can only start afresh");
            }
            last = say(WriteContentRequest.newBuilder().setAction(WriteAction.WRITE));
        }

        @Override
        public Digest commit(long size, Optional<Digest> wanted, Map<String, String> labels) {
            last = say(WriteContentRequest.newBuilder()
                    .setAction(WriteAction.COMMIT)
                    .setOffset(last.getOffset())
                    .setTotal(size)
                    .setExpected(wanted.map(Digest::toString).orElse(""))
                    .putAllLabels(labels));
            while (!next().equals("end")) {
                // the last answer comes twice
            }
            ended = true;
            return Digest.parse(last.getDigest());
        }

        @Override
        public void close() {
            if (!ended) {
                ended = true;
                requests.onCompleted();
                while (!next().equals("end")) {
                    // the last answer comes twice
                }
            }
        }
    }
}
