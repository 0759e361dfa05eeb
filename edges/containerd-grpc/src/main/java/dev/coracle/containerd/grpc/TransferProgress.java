package dev.coracle.containerd.grpc;

import dev.coracle.base.EngineException;
import dev.coracle.containerd.api.types.transfer.Progress;
import dev.coracle.engine.images.PullListener;
import dev.coracle.oci.Descriptor;
import dev.coracle.oci.ImageTree;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// Tells a client how a transfer goes, in containerd's words, which its clients show. A client
/// that does not listen any more is no reason to stop.
final class TransferProgress implements PullListener, AutoCloseable {
    private static final long BETWEEN_NANOS = 100_000_000;

    private final Optional<ClientStream> stream;
    private final String moving;
    private final Map<String, Item> items = new ConcurrentHashMap<>();
    private volatile String root = "";
    private volatile boolean deaf;

    private record Item(Descriptor content, long toldAt) {}

    /// @param moving `downloading` or `uploading`
    TransferProgress(Optional<ClientStream> stream, String moving) {
        this.stream = stream;
        this.moving = moving;
    }

    /// What belongs to nothing else belongs to this name.
    void root(String name) {
        root = name;
    }

    void event(String text) {
        send(Progress.newBuilder().setEvent(text));
    }

    void event(String text, String name, Descriptor content) {
        send(Progress.newBuilder().setEvent(text).setName(name).setDesc(wire(content)));
    }

    @Override
    public void resolved(Descriptor content) {
        event("fetching image content", root, content);
    }

    @Override
    public void needed(String ref, Descriptor content) {
        if (items.putIfAbsent(ref, new Item(content, 0)) == null) {
            item("waiting", ref, content, 0);
        }
    }

    @Override
    public void progressed(String ref, long offset) {
        var item = items.get(ref);
        var now = System.nanoTime();
        if (item != null && offset > 0 && now - item.toldAt() > BETWEEN_NANOS) {
            items.put(ref, new Item(item.content(), now));
            item(moving, ref, item.content(), offset);
        }
    }

    @Override
    public void finished(String ref, boolean existed) {
        Optional.ofNullable(items.get(ref))
                .map(Item::content)
                .ifPresent(content -> item(existed ? "already exists" : "complete", ref, content, content.size()));
    }

    @Override
    public void unpacking(Descriptor layer) {
        item("extracting", ImageTree.ingest(layer), layer, 0);
    }

    @Override
    public void unpacked(Descriptor layer, boolean existed) {
        item("extracted", ImageTree.ingest(layer), layer, layer.size());
    }

    private void item(String event, String ref, Descriptor content, long progress) {
        send(Progress.newBuilder()
                .setEvent(event)
                .setName(ref)
                .addAllParents(root.isEmpty() ? List.of() : List.of(root))
                .setProgress(progress)
                .setTotal(content.size())
                .setDesc(wire(content)));
    }

    private void send(Progress.Builder progress) {
        if (stream.isEmpty() || deaf) {
            return;
        }
        try {
            stream.get().send(Wire.any(progress.build()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (EngineException gone) {
            deaf = true;
        }
    }

    private static dev.coracle.containerd.api.types.Descriptor wire(Descriptor content) {
        return dev.coracle.containerd.api.types.Descriptor.newBuilder()
                .setMediaType(content.mediaType())
                .setDigest(content.digest().toString())
                .setSize(content.size())
                .putAllAnnotations(content.annotations())
                .build();
    }

    @Override
    public void close() {
        stream.ifPresent(ClientStream::close);
    }
}
