package dev.coracle.engine.images;

import dev.coracle.base.Digest;
import dev.coracle.base.EngineException.AlreadyExists;
import dev.coracle.base.Reference;
import dev.coracle.core.images.Image;
import dev.coracle.core.layers.LayerStore;
import dev.coracle.core.layers.LayerStore.DiffOptions;
import dev.coracle.core.mounts.Mount;
import dev.coracle.core.stores.NamespaceStores;
import dev.coracle.core.stores.Scope;
import dev.coracle.core.stores.Stores;
import dev.coracle.core.types.FieldMask;
import dev.coracle.oci.CommittedConfig;
import dev.coracle.oci.Descriptor;
import dev.coracle.oci.Manifest;
import dev.coracle.oci.MediaTypes;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/// Makes an image out of another one and a changed tree.
public final class LayerCommit {
    private static final String UNCOMPRESSED = "containerd.io/uncompressed";

    private final Stores stores;
    private final LayerStore layers;
    private final InstantSource clock;

    public LayerCommit(Stores stores, LayerStore layers, InstantSource clock) {
        this.stores = stores;
        this.layers = layers;
        this.clock = clock;
    }

    /// @param reference empty: the image gets no name
    /// @param describe given the new configuration and the new layer's diff id
    /// @return the new image's id
    public String commit(
            Scope scope,
            ImageDetails base,
            List<Mount> lower,
            List<Mount> upper,
            String reference,
            BiConsumer<CommittedConfig, Digest> describe) {
        try (var lease = TemporaryLease.take(stores, scope, clock)) {
            var content = lease.stores().content();
            var layer = layers.in(lease.stores().scope())
                    .diff(
                            content,
                            lower,
                            upper,
                            new DiffOptions(MediaTypes.OCI_LAYER_GZIP, "", Map.of(), Optional.empty()));
            var diffId = Digest.parse(content.info(layer.digest()).labels().getOrDefault(UNCOMPRESSED, ""));
            var changed = CommittedConfig.upon(base.document());
            describe.accept(changed, diffId);
            var config = Blobs.put(content, MediaTypes.OCI_CONFIG, changed.bytes());
            var all = new ArrayList<>(base.manifest().layers());
            all.add(new Descriptor(layer.mediaType(), layer.digest(), layer.size()));
            var manifest = new Manifest(MediaTypes.OCI_MANIFEST, config, all, Map.of());
            var target = Blobs.put(content, MediaTypes.OCI_MANIFEST, manifest.json());
            Blobs.link(content, target, manifest.children());
            var name = reference.isEmpty()
                    ? target.digest().toString()
                    : Reference.parse(reference).withDefaultTag().toString();
            name(lease.stores(), new Image(name, Unpack.core(target), Map.of(), Instant.EPOCH, Instant.EPOCH));
            return config.digest().toString();
        }
    }

    /// The name may have meant another image before.
    private static void name(NamespaceStores stores, Image image) {
        try {
            stores.images().create(image, Optional.empty());
        } catch (AlreadyExists known) {
            stores.images().update(image, FieldMask.of("target"), Optional.empty());
        }
    }
}
