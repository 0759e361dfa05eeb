package dev.coracle.engine.images;

import dev.coracle.base.EngineException;
import dev.coracle.base.EngineException.AlreadyExists;
import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.base.Platform;
import dev.coracle.core.layers.LayerStore;
import dev.coracle.core.snapshots.Snapshotter;
import dev.coracle.core.stores.NamespaceStores;
import dev.coracle.oci.ConfigDocument;
import dev.coracle.oci.Descriptor;
import dev.coracle.oci.ImageHistory;
import dev.coracle.oci.Manifest;
import dev.coracle.oci.MediaTypes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// Makes an image of one layer from the tar of a root file system: plain, gzip or zstd.
final class TreeImport {
    private static final int PIECE = 1 << 20;

    private final NamespaceStores stores;
    private final LayerStore layers;
    private final Snapshotter snapshots;

    TreeImport(NamespaceStores stores, LayerStore layers, String snapshotter) {
        this.stores = stores;
        this.layers = layers.in(stores.scope());
        snapshots = stores.snapshotter(snapshotter);
    }

    /// Stores layer, configuration and manifest, unpacked; returns the manifest's descriptor.
    Descriptor read(InputStream tar, String message, Platform platform, Instant now) throws IOException {
        var layer = store(tar);
        var diffId = unpack(layer);
        var time = now.toString();
        var history = new ImageHistory(time, "", List.of(new ImageHistory.Step(time, "", "", message, false)));
        var content = stores.content();
        var config = Blobs.put(
                content, MediaTypes.OCI_CONFIG, ConfigDocument.of(platform, history, List.of(diffId.digest())));
        var manifest = new Manifest(MediaTypes.OCI_MANIFEST, config, List.of(layer), Map.of());
        var target = Blobs.put(content, MediaTypes.OCI_MANIFEST, manifest.json());
        Blobs.link(content, target, manifest.children());
        return target;
    }

    private Descriptor store(InputStream tar) throws IOException {
        try (var writer = stores.content().writer("import-" + UUID.randomUUID(), 0, Optional.empty())) {
            var piece = new byte[PIECE];
            var type = "";
            var size = 0L;
            for (var count = tar.readNBytes(piece, 0, PIECE); count > 0; count = tar.readNBytes(piece, 0, PIECE)) {
                type = type.isEmpty() ? type(piece, count) : type;
                writer.write(ByteBuffer.wrap(piece, 0, count));
                size += count;
            }
            if (size == 0) {
                throw new InvalidArgument("import: the archive is empty");
            }
            var digest = writer.digest();
            try {
                writer.commit(size, Optional.of(digest), Map.of());
            } catch (AlreadyExists present) {
                // the same layer is here already
            }
            return new Descriptor(type, digest, size);
        }
    }

    private static String type(byte[] piece, int count) {
        if (starts(piece, count, 0x1f, 0x8b)) {
            return MediaTypes.OCI_LAYER_GZIP;
        }
        if (starts(piece, count, 0x28, 0xb5, 0x2f, 0xfd)) {
            return MediaTypes.OCI_LAYER_ZSTD;
        }
        if (starts(piece, count, 0xfd, '7', 'z', 'X', 'Z') || starts(piece, count, 'B', 'Z', 'h')) {
            throw new InvalidArgument("import: an archive compressed by xz or bzip2 cannot be a layer")
                    .remedy("decompress it on the way: xz -dc FILE | coracle import -");
        }
        return MediaTypes.OCI_LAYER;
    }

    private static boolean starts(byte[] piece, int count, int... magic) {
        if (count < magic.length) {
            return false;
        }
        for (var i = 0; i < magic.length; i++) {
            if ((piece[i] & 0xff) != magic[i]) {
                return false;
            }
        }
        return true;
    }

    private dev.coracle.core.types.Descriptor unpack(Descriptor layer) {
        var key = "extract-" + UUID.randomUUID();
        var mounts = snapshots.prepare(key, "", Map.of());
        try {
            var applied = layers.apply(stores.content(), Unpack.core(layer), mounts);
            try {
                snapshots.commit(applied.digest().toString(), key, Map.of());
            } catch (AlreadyExists present) {
                snapshots.remove(key);
            }
            return applied;
        } catch (EngineException e) {
            try {
                snapshots.remove(key);
            } catch (NotFound gone) {
                e.addSuppressed(gone);
            }
            throw e.within("import");
        }
    }
}
