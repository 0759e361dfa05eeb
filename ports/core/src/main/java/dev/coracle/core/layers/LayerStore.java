package dev.coracle.core.layers;

import dev.coracle.core.content.ContentStore;
import dev.coracle.core.mounts.Mount;
import dev.coracle.core.stores.Scope;
import dev.coracle.core.types.Descriptor;
import dev.coracle.core.types.TypedBytes;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Layers of an image against mounted trees.
public interface LayerStore {
    /// Unpacks a layer into the mounts: whiteouts are applied, paths never leave the root. Gzip,
    /// zstd and plain tar by media type (and checked against the bytes).
    ///
    /// @return the uncompressed layer: its media type, digest (the diff id) and size
    /// @throws dev.coracle.base.EngineException.InvalidArgument when the archive is hostile,
    ///     broken or too large
    /// @throws dev.coracle.base.EngineException.NotImplemented for a media type nobody here can
    ///     read
    default Descriptor apply(ContentStore content, Descriptor layer, List<Mount> mounts) {
        return apply(content, layer, mounts, Map.of());
    }

    /// The same, with what the caller has to say to programs on the way from the blob to the
    /// archive (keys of encrypted layers, say), by each one's id.
    Descriptor apply(ContentStore content, Descriptor layer, List<Mount> mounts, Map<String, TypedBytes> payloads);

    /// The same for the calls of a scope: layers that another program unpacks are asked for in
    /// its name.
    default LayerStore in(Scope scope) {
        return this;
    }

    /// Whether files that are there before a layer is unpacked are only ever removed and
    /// replaced: never written to, and their owners, modes and times never changed. Links to them
    /// may be made.
    default boolean replacesFiles() {
        return false;
    }

    /// Writes what `upper` has and `lower` has not as a layer into the content store, with the
    /// label `containerd.io/uncompressed` (the diff id).
    Descriptor diff(ContentStore content, List<Mount> lower, List<Mount> upper, DiffOptions options);

    /// How a difference is written: the layer's media type, the ingest's reference (empty: one is
    /// made), labels of the blob, and the time that later modification times are cut to.
    record DiffOptions(String mediaType, String ref, Map<String, String> labels, Optional<Instant> sourceDateEpoch) {
        public DiffOptions {
            labels = Map.copyOf(labels);
        }
    }
}
