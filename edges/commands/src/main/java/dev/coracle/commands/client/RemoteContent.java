package dev.coracle.commands.client;

import com.google.protobuf.FieldMask;
import dev.coracle.base.Digest;
import dev.coracle.base.Filter;
import dev.coracle.containerd.api.content.AbortRequest;
import dev.coracle.containerd.api.content.ContentGrpc;
import dev.coracle.containerd.api.content.DeleteContentRequest;
import dev.coracle.containerd.api.content.Info;
import dev.coracle.containerd.api.content.InfoRequest;
import dev.coracle.containerd.api.content.ListContentRequest;
import dev.coracle.containerd.api.content.ListStatusesRequest;
import dev.coracle.containerd.api.content.Status;
import dev.coracle.containerd.api.content.StatusRequest;
import dev.coracle.containerd.api.content.UpdateRequest;
import dev.coracle.core.content.BlobReader;
import dev.coracle.core.content.BlobWriter;
import dev.coracle.core.content.ContentInfo;
import dev.coracle.core.content.ContentStore;
import dev.coracle.core.content.IngestStatus;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// The daemon's content store, as if it were here.
public final class RemoteContent implements ContentStore {
    private final Connection connection;
    private final ContentGrpc.ContentBlockingStub content;

    public RemoteContent(Connection connection) {
        this.connection = connection;
        content = connection.stub(ContentGrpc::newBlockingStub);
    }

    @Override
    public ContentInfo info(Digest digest) {
        var request = InfoRequest.newBuilder().setDigest(digest.toString()).build();
        return info(Connection.call(() -> content.info(request)).getInfo());
    }

    @Override
    public ContentInfo update(Digest digest, Map<String, String> labels, dev.coracle.core.types.FieldMask mask) {
        var request = UpdateRequest.newBuilder()
                .setInfo(Info.newBuilder().setDigest(digest.toString()).putAllLabels(labels))
                .setUpdateMask(FieldMask.newBuilder().addAllPaths(mask.paths()))
                .build();
        return info(Connection.call(() -> content.update(request)).getInfo());
    }

    @Override
    public void walk(List<Filter> filters, Consumer<ContentInfo> visitor) {
        if (!filters.isEmpty()) {
            throw new IllegalArgumentException("filters are text here: use the walk with text");
        }
        walkMatching(List.of(), visitor);
    }

    /// The same walk with filters as the daemon reads them.
    public void walkMatching(List<String> filters, Consumer<ContentInfo> visitor) {
        var request = ListContentRequest.newBuilder().addAllFilters(filters).build();
        Connection.call(() -> {
            content.list(request)
                    .forEachRemaining(batch -> batch.getInfoList().forEach(info -> visitor.accept(info(info))));
            return true;
        });
    }

    @Override
    public void delete(Digest digest) {
        var request =
                DeleteContentRequest.newBuilder().setDigest(digest.toString()).build();
        Connection.call(() -> content.delete(request));
    }

    @Override
    public BlobReader open(Digest digest) {
        return new RemoteReader(content, digest, info(digest).size());
    }

    @Override
    public BlobWriter writer(String ref, long total, Optional<Digest> expected) {
        return RemoteWriter.open(connection, ref, total, expected);
    }

    @Override
    public IngestStatus status(String ref) {
        var request = StatusRequest.newBuilder().setRef(ref).build();
        return status(Connection.call(() -> content.status(request)).getStatus());
    }

    @Override
    public List<IngestStatus> statuses(List<Filter> filters) {
        if (!filters.isEmpty()) {
            throw new IllegalArgumentException("filters are text here: use the list with text");
        }
        return statusesMatching(List.of());
    }

    /// The same list with filters as the daemon reads them.
    public List<IngestStatus> statusesMatching(List<String> filters) {
        var request = ListStatusesRequest.newBuilder().addAllFilters(filters).build();
        return Connection.call(() -> content.listStatuses(request)).getStatusesList().stream()
                .map(RemoteContent::status)
                .toList();
    }

    @Override
    public void abort(String ref) {
        var request = AbortRequest.newBuilder().setRef(ref).build();
        Connection.call(() -> content.abort(request));
    }

    private static ContentInfo info(Info info) {
        return new ContentInfo(
                Digest.parse(info.getDigest()),
                info.getSize(),
                Wires.instant(info.getCreatedAt()),
                Wires.instant(info.getUpdatedAt()),
                info.getLabelsMap());
    }

    private static IngestStatus status(Status status) {
        return new IngestStatus(
                status.getRef(),
                status.getOffset(),
                status.getTotal(),
                Optional.of(status.getExpected())
                        .filter(text -> !text.isEmpty())
                        .map(Digest::parse),
                Wires.instant(status.getStartedAt()),
                Wires.instant(status.getUpdatedAt()));
    }
}
