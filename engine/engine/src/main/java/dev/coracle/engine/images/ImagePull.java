package dev.coracle.engine.images;

import dev.coracle.base.Digest;
import dev.coracle.base.EngineException;
import dev.coracle.base.EngineException.Aborted;
import dev.coracle.base.EngineException.AlreadyExists;
import dev.coracle.base.EngineException.FailedPrecondition;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.base.EngineException.OutOfRange;
import dev.coracle.base.EngineException.Unavailable;
import dev.coracle.base.Platform;
import dev.coracle.base.Reference;
import dev.coracle.base.TaskGroup;
import dev.coracle.core.content.BlobWriter;
import dev.coracle.core.content.ContentStore;
import dev.coracle.core.registry.Registry;
import dev.coracle.core.registry.TransferListener;
import dev.coracle.core.types.FieldMask;
import dev.coracle.oci.Descriptor;
import dev.coracle.oci.ImageTree;
import dev.coracle.oci.MediaTypes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/// Brings an image into a content store: the index, the manifests and configurations, and the
/// layers for the wanted platforms, several at once. What is there already is not fetched again,
/// what was begun is continued. Parents carry the labels by which the garbage collector keeps
/// their children, and every blob the repository it came from.
public final class ImagePull {
    private static final String SOURCE_LABEL = "containerd.io/distribution.source.";
    private static final Duration LOCKED = Duration.ofMillis(200);

    private final Registry registry;
    private final ContentStore content;
    private final Documents documents;
    private final Options options;
    private final TransferListener listener;
    private final ImageVerifier verifier;
    private final Semaphore downloads;

    /// What to bring.
    ///
    /// @param platforms whose layers are wanted; empty means every platform's
    /// @param otherMetadata also bring manifests and configurations of the other platforms, so
    ///     that the index can be pushed again
    /// @param atOnce how many blobs are fetched at the same time
    public record Options(List<Platform> platforms, boolean otherMetadata, boolean layers, int atOnce) {
        public Options {
            platforms = List.copyOf(platforms);
        }
    }

    public ImagePull(Registry registry, ContentStore content, Options options, TransferListener listener) {
        this(registry, content, options, listener, ImageVerifier.NONE);
    }

    /// The same with somebody who is asked about the image first.
    public ImagePull(
            Registry registry,
            ContentStore content,
            Options options,
            TransferListener listener,
            ImageVerifier verifier) {
        this.verifier = verifier;
        this.registry = registry;
        this.content = content;
        documents = new Documents(content);
        this.options = options;
        this.listener = listener;
        downloads = new Semaphore(options.atOnce());
    }

    /// Brings the image and returns what its reference names.
    ///
    /// @throws NotFound when it does not exist, or has nothing for a wanted platform
    public Descriptor pull(Reference reference) throws InterruptedException {
        var root = registry.resolve(reference);
        listener.resolved(root);
        verifier.verify(reference, root);
        fetch(reference, root);
        var level = MediaTypes.isIndex(root.mediaType())
                ? openIndex(reference, root)
                : List.of(new Wanted(root, options.layers()));
        while (!level.isEmpty()) {
            level = fetchAll(reference, level);
        }
        return root;
    }

    /// A descriptor, and whether its layers are wanted too.
    private record Wanted(Descriptor content, boolean layers) {}

    private List<Wanted> openIndex(Reference reference, Descriptor root) {
        var children = ImageTree.children(root.mediaType(), documents.read(root));
        Blobs.link(content, root, children);
        if (options.platforms().isEmpty()) {
            return children.stream()
                    .map(child -> new Wanted(child, options.layers()))
                    .toList();
        }
        var chosen = options.platforms().stream()
                .map(platform -> ImageTree.choose(children, platform)
                        .orElseThrow(() -> new NotFound("no match for platform " + platform + " in manifest "
                                + root.digest() + " of " + reference + ": not found")))
                .toList();
        return children.stream()
                .filter(child -> options.otherMetadata() || chosen.contains(child))
                .map(child -> new Wanted(child, options.layers() && chosen.contains(child)))
                .toList();
    }

    /// Fetches one level of the tree and returns the next.
    private List<Wanted> fetchAll(Reference reference, List<Wanted> level) throws InterruptedException {
        try (var group = new TaskGroup()) {
            var tasks = level.stream()
                    .map(wanted -> group.fork(() -> fetchOne(reference, wanted)))
                    .toList();
            group.join();
            var next = new ArrayList<Wanted>();
            tasks.forEach(task -> next.addAll(task.resultNow()));
            return next.stream().distinct().toList();
        } catch (InterruptedException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new EngineException.Unknown("pull " + reference + ": " + e.getMessage(), e);
        }
    }

    private List<Wanted> fetchOne(Reference reference, Wanted wanted) throws InterruptedException {
        downloads.acquire();
        try {
            fetch(reference, wanted.content());
        } finally {
            downloads.release();
        }
        if (!ImageTree.hasChildren(wanted.content().mediaType())) {
            return List.of();
        }
        var children = ImageTree.children(wanted.content().mediaType(), documents.read(wanted.content()));
        Blobs.link(content, wanted.content(), children);
        return children.stream()
                .filter(child -> wanted.layers() || !MediaTypes.isLayer(child.mediaType()))
                .map(child -> new Wanted(child, wanted.layers()))
                .toList();
    }

    private void fetch(Reference reference, Descriptor wanted) {
        var ref = ImageTree.ingest(wanted);
        listener.needed(ref, wanted);
        try (var writer = writer(ref, wanted)) {
            listener.progressed(ref, writer.status().offset());
            if (writer.status().offset() > wanted.size()) {
                writer.truncate(0);
            }
            fill(reference, ref, wanted, writer);
            listener.finished(ref, false);
        } catch (AlreadyExists present) {
            addSource(wanted.digest(), SOURCE_LABEL + reference.domain(), reference.path());
            listener.finished(ref, true);
        }
    }

    /// Opens the ingest; while somebody else writes it, waits for them.
    private BlobWriter writer(String ref, Descriptor wanted) {
        while (true) {
            try {
                return content.writer(ref, wanted.size(), Optional.of(wanted.digest()));
            } catch (Unavailable locked) {
                try {
                    Thread.sleep(LOCKED);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new Aborted("interrupted while " + ref + " is written by somebody else", e);
                }
            }
        }
    }

    /// Bytes that do not match are thrown away: continuing them could never succeed.
    private void fill(Reference reference, String ref, Descriptor wanted, BlobWriter writer) {
        try {
            registry.fetch(reference, wanted, writer, offset -> listener.progressed(ref, offset));
            var labels = Map.of(SOURCE_LABEL + reference.domain(), reference.path());
            writer.commit(wanted.size(), Optional.of(wanted.digest()), labels);
        } catch (FailedPrecondition | OutOfRange wrong) {
            writer.close();
            try {
                content.abort(ref);
            } catch (EngineException gone) {
                wrong.addSuppressed(gone);
            }
            throw wrong.within("fetch " + wanted.digest() + " of " + reference + ": the registry sent other bytes");
        }
    }

    private void addSource(Digest digest, String label, String repository) {
        var known = content.info(digest).labels().getOrDefault(label, "");
        var repositories = new ArrayList<>(List.of(known.split(",")));
        if (!repositories.contains(repository)) {
            repositories.add(repository);
            repositories.removeIf(String::isEmpty);
            repositories.sort(null);
            content.update(digest, Map.of(label, String.join(",", repositories)), FieldMask.of("labels." + label));
        }
    }
}
