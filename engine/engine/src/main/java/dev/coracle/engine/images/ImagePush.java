package dev.coracle.engine.images;

import dev.coracle.base.EngineException;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.base.Platform;
import dev.coracle.base.Reference;
import dev.coracle.base.TaskGroup;
import dev.coracle.core.content.ContentStore;
import dev.coracle.core.registry.Registry;
import dev.coracle.core.registry.TransferListener;
import dev.coracle.oci.Descriptor;
import dev.coracle.oci.ImageTree;
import dev.coracle.oci.MediaTypes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;

/// Sends an image to a registry: blobs first, several at once, then the documents from the leaves
/// to the root, so that a registry never has a document without its content.
public final class ImagePush {
    private static final String SOURCE_LABEL = "containerd.io/distribution.source.";

    private final Documents store;
    private final Registry registry;
    private final Reference reference;
    private final TransferListener listener;
    private final Semaphore uploads;
    private final LinkedHashMap<Descriptor, Boolean> documents = new LinkedHashMap<>();
    private final LinkedHashMap<Descriptor, Boolean> blobs = new LinkedHashMap<>();

    public ImagePush(
            ContentStore content, Registry registry, Reference reference, int atOnce, TransferListener listener) {
        store = new Documents(content);
        this.registry = registry;
        this.reference = reference;
        this.listener = listener;
        uploads = new Semaphore(atOnce);
    }

    /// The manifest of an index for one platform, to be pushed instead of the whole index.
    public Descriptor only(Descriptor target, Platform platform) {
        if (!MediaTypes.isIndex(target.mediaType())) {
            return target;
        }
        var chosen = ImageTree.choose(store.children(target), platform)
                .orElseThrow(() -> new NotFound(
                        "no match for platform " + platform + " in manifest " + target.digest() + ": not found"));
        return new Descriptor(chosen.mediaType(), chosen.digest(), chosen.size());
    }

    /// Sends everything under `target`, which becomes what the reference names.
    public void push(Descriptor target) throws InterruptedException {
        collect(target);
        try (var group = new TaskGroup()) {
            blobs.keySet()
                    .forEach(blob -> group.fork(() -> {
                        uploads.acquire();
                        try {
                            send(blob, false);
                        } finally {
                            uploads.release();
                        }
                        return blob;
                    }));
            group.join();
        } catch (InterruptedException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new EngineException.Unknown("push " + reference + ": " + e.getMessage(), e);
        }
        documents.keySet().forEach(document -> send(document, document.equals(target)));
    }

    private void collect(Descriptor content) {
        listener.needed(ImageTree.ingest(content), content);
        if (!ImageTree.hasChildren(content.mediaType())) {
            blobs.put(content, true);
            return;
        }
        store.children(content).stream()
                .filter(child -> !MediaTypes.isForeignLayer(child.mediaType()))
                .forEach(this::collect);
        documents.put(content, true); // after its children
    }

    private void send(Descriptor content, boolean tagged) {
        var ref = ImageTree.ingest(content);
        try (var reader = store.content().open(content.digest())) {
            var sent = registry.push(
                    reference, content, tagged, siblings(content), reader, offset -> listener.progressed(ref, offset));
            listener.finished(ref, !sent);
        } catch (NotFound missing) {
            throw missing.within("push " + ref)
                    .remedy("push one platform only, if the others were not pulled (--platform)");
        } catch (java.io.IOException e) {
            throw new EngineException.Unavailable("push " + ref + ": " + e.getMessage(), e);
        }
    }

    /// Repositories of the same registry that the blob is known to be in.
    private Set<String> siblings(Descriptor content) {
        var known = Optional.ofNullable(
                store.content().info(content.digest()).labels().get(SOURCE_LABEL + reference.domain()));
        return known.map(text -> Set.copyOf(List.of(text.split(",")))).orElse(Set.of()).stream()
                .filter(repository -> !repository.isEmpty() && !repository.equals(reference.path()))
                .collect(java.util.stream.Collectors.toSet());
    }
}
