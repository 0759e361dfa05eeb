package dev.coracle.engine.images;

import dev.coracle.base.Digest;
import dev.coracle.base.EngineException;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.base.Platform;
import dev.coracle.core.images.Image;
import dev.coracle.core.snapshots.Snapshotter;
import dev.coracle.core.stores.NamespaceStores;
import dev.coracle.oci.Descriptor;
import dev.coracle.oci.ImageConfig;
import dev.coracle.oci.ImageHistory;
import dev.coracle.oci.MediaTypes;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Looks at image records together with what is behind them. Made for one question: what was read
/// once is remembered.
final class ImageViews {
    private final Documents documents;
    private final ImageContent content;
    private final Optional<Snapshotter> snapshots;
    private final Platform host;
    private final Map<Digest, Seen> seen = new HashMap<>();
    private final Map<String, Long> usage = new HashMap<>();

    ImageViews(NamespaceStores stores, String snapshotter, Platform host) {
        documents = new Documents(stores.content());
        content = new ImageContent(stores.content());
        snapshots = usable(stores, snapshotter);
        this.host = host;
    }

    private static Optional<Snapshotter> usable(NamespaceStores stores, String name) {
        try {
            return Optional.of(stores.snapshotter(name));
        } catch (EngineException unusable) {
            return Optional.empty(); // then nothing is unpacked in it
        }
    }

    /// What is behind a target.
    private record Seen(
            Optional<Digest> config, List<Platform> platforms, Instant created, long content, long unpacked) {}

    ImageView of(Image image) {
        var target = oci(image.target());
        var behind = seen.computeIfAbsent(target.digest(), _ -> look(target, image.createdAt()));
        return new ImageView(
                image.name(),
                target,
                behind.config(),
                behind.platforms(),
                behind.created(),
                image.createdAt(),
                image.labels(),
                behind.content(),
                behind.unpacked());
    }

    static Descriptor oci(dev.coracle.core.types.Descriptor descriptor) {
        return new Descriptor(
                descriptor.mediaType(),
                descriptor.digest(),
                descriptor.size(),
                descriptor.annotations(),
                Optional.empty());
    }

    private Seen look(Descriptor target, Instant named) {
        try {
            var platforms = here(target);
            var platform = platforms.stream()
                    .filter(host::runs)
                    .min(host.preference())
                    .orElse(platforms.isEmpty() ? host : platforms.getFirst());
            var manifest = documents.manifest(target, platform);
            var bytes = documents.read(manifest.config());
            var config = ImageConfig.parse(bytes);
            var created = instant(ImageHistory.parse(bytes).created()).orElse(named);
            return new Seen(
                    Optional.of(manifest.config().digest()),
                    platforms,
                    created,
                    content.check(target, platform).presentBytes(),
                    config.diffIds().isEmpty()
                            ? 0
                            : unpacked(ImageConfig.chainId(config.diffIds()).toString()));
        } catch (EngineException incomplete) {
            return new Seen(Optional.empty(), List.of(), named, 0, 0);
        }
    }

    /// The platforms whose manifests and configurations are here, in the index's order.
    private List<Platform> here(Descriptor target) {
        var found = new ArrayList<Platform>();
        for (var platform : content.platforms(target)) {
            try {
                var manifest = documents.manifest(target, platform);
                documents.content().info(manifest.config().digest());
                if (!found.contains(platform)) {
                    found.add(platform);
                }
            } catch (NotFound elsewhere) {
                // named by the index only
            }
        }
        return found;
    }

    static Optional<Instant> instant(String text) {
        try {
            return text.isEmpty()
                    ? Optional.empty()
                    : Optional.of(OffsetDateTime.parse(text).toInstant());
        } catch (DateTimeParseException malformed) {
            return Optional.empty();
        }
    }

    /// Bytes of a snapshot with everything beneath it.
    long unpacked(String chainId) {
        var known = usage.get(chainId);
        if (known != null) {
            return known;
        }
        var bytes = snapshots.map(store -> measure(store, chainId)).orElse(0L);
        usage.put(chainId, bytes);
        return bytes;
    }

    private long measure(Snapshotter store, String name) {
        try {
            var parent = store.stat(name).parent();
            return store.usage(name).bytes() + (parent.isEmpty() ? 0 : unpacked(parent));
        } catch (NotFound absent) {
            return 0;
        }
    }

    /// Everything about one image.
    ///
    /// @throws NotFound when it is not here for the platform
    ImageDetails details(Image image, List<String> names, Optional<Platform> wanted) {
        var view = of(image);
        var platform = wanted.orElseGet(() -> view.platforms().stream()
                .filter(host::runs)
                .min(host.preference())
                .or(() -> view.platforms().stream().findFirst())
                .orElse(host));
        var descriptor = documents.manifestFor(view.target(), platform);
        var manifestBytes = documents.read(descriptor);
        var manifest = dev.coracle.oci.Manifest.parse(manifestBytes);
        var bytes = documents.read(manifest.config());
        var config = ImageConfig.parse(bytes);
        return new ImageDetails(
                view,
                names,
                config.platform(),
                descriptor,
                manifest,
                config,
                ImageHistory.parse(bytes),
                MediaTypes.isIndex(view.target().mediaType()) ? text(documents.read(view.target())) : "",
                text(manifestBytes),
                text(bytes),
                config.diffIds().isEmpty()
                        ? ""
                        : ImageConfig.chainId(config.diffIds()).toString());
    }

    private static String text(byte[] document) {
        return new String(document, StandardCharsets.UTF_8);
    }

    /// The bytes of each layer's own snapshot, lowest first; 0 for what is not unpacked.
    List<Long> layerBytes(ImageConfig config) {
        return ImageConfig.chainIds(config.diffIds()).stream()
                .map(name -> snapshots
                        .map(store -> {
                            try {
                                return store.usage(name.toString()).bytes();
                            } catch (NotFound absent) {
                                return 0L;
                            }
                        })
                        .orElse(0L))
                .toList();
    }
}
