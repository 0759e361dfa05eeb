package dev.coracle.proxy;

import com.google.protobuf.ByteString;
import com.google.protobuf.Empty;
import dev.coracle.base.Digest;
import dev.coracle.base.EngineException.AlreadyExists;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.base.EngineException.Unknown;
import dev.coracle.base.FileFailures;
import dev.coracle.containerd.api.content.ContentGrpc;
import dev.coracle.containerd.api.content.ContentGrpc.ContentBlockingStub;
import dev.coracle.containerd.api.content.DeleteContentRequest;
import dev.coracle.containerd.api.content.Info;
import dev.coracle.containerd.api.content.InfoRequest;
import dev.coracle.containerd.api.content.ListContentRequest;
import dev.coracle.containerd.api.content.WriteAction;
import dev.coracle.containerd.api.content.WriteContentRequest;
import dev.coracle.containerd.api.content.WriteContentResponse;
import dev.coracle.core.content.BlobFiles;
import dev.coracle.core.stores.Scope;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Blobs that another program keeps, in a namespace of ours there. Ingests stay here until they are whole, so that one
/// can be read again and cut back, and are sent when they are committed.
public final class ProxyBlobs implements BlobFiles {
    static final Scope SCOPE = Scope.of("coracle");
    static final Duration LIMIT = Duration.ofMinutes(1);

    private static final int PIECE = 1 << 20;

    /// Keeps it from the collector of a peer that has one.
    private static final String ROOT = "containerd.io/gc.root";

    private final Peer peer;
    private final BlobFiles ingests;

    /// @param ingests where ingests are; it gets no blobs
    public ProxyBlobs(Peer peer, BlobFiles ingests) {
        this.peer = peer;
        this.ingests = ingests;
    }

    private ContentBlockingStub stub() {
        return peer.stub(ContentGrpc::newBlockingStub, SCOPE, LIMIT);
    }

    private Optional<Info> find(Digest digest) {
        try {
            return Optional.of(peer.call(
                            "look for content " + digest,
                            () -> stub().info(InfoRequest.newBuilder()
                                    .setDigest(digest.toString())
                                    .build()))
                    .getInfo());
        } catch (NotFound absent) {
            return Optional.empty();
        }
    }

    @Override
    public FileChannel open(Digest digest) {
        return new PeerChannel(peer, digest, size(digest));
    }

    @Override
    public boolean exists(Digest digest) {
        return find(digest).isPresent();
    }

    @Override
    public long size(Digest digest) {
        return find(digest)
                .orElseThrow(() -> new NotFound("content " + digest + " is not with " + peer))
                .getSize();
    }

    @Override
    public FileChannel ingest(String id) {
        return ingests.ingest(id);
    }

    @Override
    public long ingested(String id) {
        return ingests.ingested(id);
    }

    @Override
    public void commit(String id, Digest digest) {
        if (!exists(digest)) {
            if (!ingests.ingests().contains(id)) {
                throw new NotFound("commit ingest " + id + " as " + digest + ": nothing was written");
            }
            try (var file = ingests.ingest(id)) {
                peer.call("send content " + digest, () -> {
                    send(file, digest);
                    return digest;
                });
            } catch (AlreadyExists meanwhile) {
                // by another of its clients
            } catch (IOException e) {
                throw FileFailures.of("read ingest " + id, e);
            }
        }
        ingests.dropIngest(id);
    }

    private void send(FileChannel file, Digest digest) throws IOException, StatusException, InterruptedException {
        var total = file.size();
        var call = peer.stub(ContentGrpc::newBlockingV2Stub, SCOPE).write();
        try {
            var message = WriteContentRequest.newBuilder()
                    .setRef("coracle " + digest)
                    .setTotal(total)
                    .setExpected(digest.toString());
            // a write at offset 0 empties what an earlier attempt has left
            exchange(call, message.setAction(WriteAction.WRITE).setOffset(0).build());
            var buffer = ByteBuffer.allocate((int) Math.min(PIECE, Math.max(1, total)));
            for (var at = 0L; at < total; ) {
                var count = file.read(buffer.clear(), at);
                if (count < 0) {
                    throw new IOException("the ingest has become shorter");
                }
                exchange(
                        call,
                        message.setOffset(at)
                                .setData(ByteString.copyFrom(buffer.flip()))
                                .build());
                at += count;
            }
            exchange(
                    call,
                    message.setAction(WriteAction.COMMIT)
                            .setOffset(total)
                            .setData(ByteString.EMPTY)
                            .putLabels(ROOT, "coracle")
                            .build());
        } finally {
            call.cancel("done", null);
        }
    }

    private static void exchange(
            BlockingClientCall<WriteContentRequest, WriteContentResponse> call, WriteContentRequest request)
            throws StatusException, InterruptedException {
        if (!call.write(request) || Optional.ofNullable(call.read()).isEmpty()) {
            throw new Unknown("the plugin has ended the stream");
        }
    }

    @Override
    public void dropIngest(String id) {
        ingests.dropIngest(id);
    }

    @Override
    public void remove(Digest digest) {
        try {
            Empty _ = peer.call(
                    "remove content " + digest,
                    () -> stub().delete(DeleteContentRequest.newBuilder()
                            .setDigest(digest.toString())
                            .build()));
        } catch (NotFound gone) {
            // as wanted
        }
    }

    @Override
    public List<Digest> blobs() {
        return peer.call("list content", () -> {
            var found = new ArrayList<Digest>();
            stub().list(ListContentRequest.getDefaultInstance())
                    .forEachRemaining(
                            answer -> answer.getInfoList().forEach(info -> found.add(Digest.parse(info.getDigest()))));
            return found;
        });
    }

    @Override
    public List<String> ingests() {
        return ingests.ingests();
    }
}
