package dev.coracle.containerd.grpc;

import com.google.protobuf.Empty;
import com.google.protobuf.UnsafeByteOperations;
import dev.coracle.base.Digest;
import dev.coracle.base.EngineException.OutOfRange;
import dev.coracle.base.Filter;
import dev.coracle.containerd.api.content.AbortRequest;
import dev.coracle.containerd.api.content.ContentGrpc;
import dev.coracle.containerd.api.content.DeleteContentRequest;
import dev.coracle.containerd.api.content.Info;
import dev.coracle.containerd.api.content.InfoRequest;
import dev.coracle.containerd.api.content.InfoResponse;
import dev.coracle.containerd.api.content.ListContentRequest;
import dev.coracle.containerd.api.content.ListContentResponse;
import dev.coracle.containerd.api.content.ListStatusesRequest;
import dev.coracle.containerd.api.content.ListStatusesResponse;
import dev.coracle.containerd.api.content.ReadContentRequest;
import dev.coracle.containerd.api.content.ReadContentResponse;
import dev.coracle.containerd.api.content.Status;
import dev.coracle.containerd.api.content.StatusRequest;
import dev.coracle.containerd.api.content.StatusResponse;
import dev.coracle.containerd.api.content.UpdateRequest;
import dev.coracle.containerd.api.content.UpdateResponse;
import dev.coracle.containerd.api.content.WriteContentRequest;
import dev.coracle.containerd.api.content.WriteContentResponse;
import dev.coracle.core.content.BlobReader;
import dev.coracle.core.content.ContentInfo;
import dev.coracle.core.content.ContentStore;
import dev.coracle.core.content.IngestStatus;
import dev.coracle.core.stores.Stores;
import io.grpc.stub.StreamObserver;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;

/// Blobs: read by offset, written through a dialogue ([WriteSession]).
final class ContentService extends ContentGrpc.ContentImplBase {
    private static final int CHUNK = 1 << 20;

    private final Stores stores;

    ContentService(Stores stores) {
        this.stores = stores;
    }

    @Override
    public void info(InfoRequest request, StreamObserver<InfoResponse> reply) {
        Reply.with(
                reply,
                () -> InfoResponse.newBuilder()
                        .setInfo(encode(content().info(Digest.parse(request.getDigest()))))
                        .build());
    }

    @Override
    public void update(UpdateRequest request, StreamObserver<UpdateResponse> reply) {
        Reply.with(reply, () -> {
            var info = request.getInfo();
            return UpdateResponse.newBuilder()
                    .setInfo(encode(content()
                            .update(
                                    Digest.parse(info.getDigest()),
                                    info.getLabelsMap(),
                                    Wire.mask(request.getUpdateMask()))))
                    .build();
        });
    }

    @Override
    public void list(ListContentRequest request, StreamObserver<ListContentResponse> reply) {
        var content = content();
        Outlet.open("Content/List", reply, outlet -> {
            var filters = Filter.parse(request.getFiltersList());
            outlet.<ContentInfo>batches(
                    visitor -> content.walk(filters, visitor),
                    batch -> ListContentResponse.newBuilder()
                            .addAllInfo(
                                    batch.stream().map(ContentService::encode).toList())
                            .build());
        });
    }

    @Override
    public void delete(DeleteContentRequest request, StreamObserver<Empty> reply) {
        Reply.empty(reply, () -> content().delete(Digest.parse(request.getDigest())));
    }

    @Override
    public void read(ReadContentRequest request, StreamObserver<ReadContentResponse> reply) {
        var content = content();
        Outlet.open("Content/Read", reply, outlet -> {
            try (var blob = content.open(Digest.parse(request.getDigest()))) {
                read(blob, request, outlet);
            }
        });
    }

    private static void read(BlobReader blob, ReadContentRequest request, Outlet<ReadContentResponse> outlet)
            throws IOException, InterruptedException {
        var from = Math.max(request.getOffset(), 0);
        if (from > blob.size()) {
            throw new OutOfRange("read past object length " + blob.size() + " bytes");
        }
        var rest = blob.size() - from;
        var size = request.getSize() <= 0 ? rest : Math.min(request.getSize(), rest);
        for (var sent = 0L; sent < size; ) {
            var chunk = ByteBuffer.allocate((int) Math.min(CHUNK, size - sent));
            if (blob.read(chunk, from + sent) <= 0) {
                throw new EOFException("blob " + request.getDigest() + " ends early at " + (from + sent));
            }
            chunk.flip();
            outlet.send(ReadContentResponse.newBuilder()
                    .setOffset(sent)
                    .setData(UnsafeByteOperations.unsafeWrap(chunk))
                    .build());
            sent += chunk.limit();
        }
    }

    @Override
    public void status(StatusRequest request, StreamObserver<StatusResponse> reply) {
        Reply.with(
                reply,
                () -> StatusResponse.newBuilder()
                        .setStatus(encode(content().status(request.getRef())))
                        .build());
    }

    @Override
    public void listStatuses(ListStatusesRequest request, StreamObserver<ListStatusesResponse> reply) {
        Reply.with(
                reply,
                () -> ListStatusesResponse.newBuilder()
                        .addAllStatuses(content().statuses(Filter.parse(request.getFiltersList())).stream()
                                .map(ContentService::encode)
                                .toList())
                        .build());
    }

    @Override
    public StreamObserver<WriteContentRequest> write(StreamObserver<WriteContentResponse> reply) {
        return new WriteSession(content(), reply);
    }

    @Override
    public void abort(AbortRequest request, StreamObserver<Empty> reply) {
        Reply.empty(reply, () -> content().abort(request.getRef()));
    }

    private ContentStore content() {
        return stores.in(Caller.scope()).content();
    }

    private static Info encode(ContentInfo info) {
        return Info.newBuilder()
                .setDigest(info.digest().toString())
                .setSize(info.size())
                .setCreatedAt(Wire.timestamp(info.createdAt()))
                .setUpdatedAt(Wire.timestamp(info.updatedAt()))
                .putAllLabels(info.labels())
                .build();
    }

    private static Status encode(IngestStatus status) {
        return Status.newBuilder()
                .setRef(status.ref())
                .setOffset(status.offset())
                .setTotal(status.total())
                .setExpected(status.expected().map(Digest::toString).orElse(""))
                .setStartedAt(Wire.timestamp(status.startedAt()))
                .setUpdatedAt(Wire.timestamp(status.updatedAt()))
                .build();
    }
}
