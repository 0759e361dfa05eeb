package dev.coracle.engine.images;

import dev.coracle.base.Digest;
import dev.coracle.base.EngineException;
import dev.coracle.base.EngineException.Aborted;
import dev.coracle.base.Platform;
import dev.coracle.base.TaskGroup;
import dev.coracle.core.layers.LayerStore;
import dev.coracle.core.registry.TransferListener;
import dev.coracle.core.stores.NamespaceStores;
import dev.coracle.oci.Descriptor;
import dev.coracle.oci.ImageTree;
import dev.coracle.oci.Manifest;
import dev.coracle.oci.MediaTypes;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/// Unpacks the layers of a pull while later ones still come. It listens to the pull; when the
/// manifest of a wanted platform is here, its layers are unpacked in order, each as soon as it has
/// arrived.
final class UnpackingPull implements TransferListener, AutoCloseable {
    private final NamespaceStores stores;
    private final LayerStore layers;
    private final List<UnpackTarget> targets;
    private final PullListener listener;
    private final Documents documents;
    private final Map<Digest, CompletableFuture<Boolean>> arrivals = new ConcurrentHashMap<>();
    private final Map<String, Descriptor> needed = new ConcurrentHashMap<>();
    private final TaskGroup group = TaskGroup.onPlatformThreads("unpack");
    private final AtomicBoolean started = new AtomicBoolean();
    private volatile Optional<Descriptor> root = Optional.empty();

    UnpackingPull(NamespaceStores stores, LayerStore layers, List<UnpackTarget> targets, PullListener listener) {
        this.stores = stores;
        this.layers = layers;
        this.targets = targets;
        this.listener = listener;
        documents = new Documents(stores.content());
    }

    @Override
    public void resolved(Descriptor found) {
        root = Optional.of(found);
        listener.resolved(found);
    }

    @Override
    public void needed(String ref, Descriptor content) {
        needed.put(ref, content);
        listener.needed(ref, content);
    }

    @Override
    public void progressed(String ref, long offset) {
        listener.progressed(ref, offset);
    }

    @Override
    public void finished(String ref, boolean existed) {
        listener.finished(ref, existed);
        Optional.ofNullable(needed.get(ref)).ifPresent(content -> {
            arrival(content).complete(true);
            if (root.filter(content::equals).isPresent() && started.compareAndSet(false, true)) {
                targets.forEach(wanted -> group.fork(() -> unpack(content, wanted)));
            }
        });
    }

    private CompletableFuture<Boolean> arrival(Descriptor content) {
        return arrivals.computeIfAbsent(content.digest(), _ -> new CompletableFuture<>());
    }

    private Digest unpack(Descriptor target, UnpackTarget wanted) throws InterruptedException {
        var manifest = manifest(target, wanted.platform());
        await(manifest.config());
        var config = documents.config(manifest);
        var gate = new Unpack.LayerGate() {
            @Override
            public void await(Descriptor layer) throws InterruptedException {
                UnpackingPull.this.await(layer);
                listener.unpacking(layer);
            }

            @Override
            public void unpacked(Descriptor layer, boolean existed) {
                listener.unpacked(layer, existed);
            }
        };
        return new Unpack(stores, layers, wanted.snapshotter(), gate).image(manifest, config);
    }

    private Manifest manifest(Descriptor target, Platform platform) throws InterruptedException {
        await(target);
        if (MediaTypes.isIndex(target.mediaType())) {
            var chosen = ImageTree.choose(documents.children(target), platform)
                    .orElseThrow(() -> new EngineException.NotFound(
                            "no match for platform " + platform + " in manifest " + target.digest() + ": not found"));
            return manifest(chosen, platform);
        }
        return documents.manifest(target, platform);
    }

    private void await(Descriptor content) throws InterruptedException {
        try {
            arrival(content).get();
        } catch (ExecutionException e) {
            throw new Aborted("the pull that brings " + content.digest() + " failed", e);
        }
    }

    /// Waits for the last layer, after the pull.
    void join(Descriptor pulled) throws InterruptedException {
        try {
            group.join();
        } catch (InterruptedException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new EngineException.Unknown("unpack " + pulled.digest() + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        group.close();
    }
}
