package dev.coracle.core.content;

import dev.coracle.base.Digest;
import dev.coracle.base.Filter;
import dev.coracle.core.types.FieldMask;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// Blobs and ingests of one namespace. Deleting a blob removes it from the namespace; its bytes
/// go when the garbage collector finds that no namespace has it any more.
public interface ContentStore {
    /// @throws dev.coracle.base.EngineException.NotFound when the namespace does not have the
    ///     blob
    ContentInfo info(Digest digest);

    /// Changes labels; the mask may be empty or `labels` (replace all) or name single `labels.k`.
    /// Returns the merged record.
    ContentInfo update(Digest digest, java.util.Map<String, String> labels, FieldMask mask);

    /// Walks all blobs that one of the filters matches (all, when there is none), ordered by
    /// digest. Fields: `digest`, `labels.*`.
    void walk(List<Filter> filters, Consumer<ContentInfo> visitor);

    void delete(Digest digest);

    /// Opens a blob for reading; its bytes stay readable until the reader is closed.
    BlobReader open(Digest digest);

    /// Opens or reopens the ingest of a reference.
    ///
    /// @param total the bytes that will be written, 0 when not known
    /// @throws dev.coracle.base.EngineException.Unavailable when another writer holds the
    ///     reference
    /// @throws dev.coracle.base.EngineException.AlreadyExists when `expected` exists in this
    ///     namespace (it is added to the lease all the same)
    BlobWriter writer(String ref, long total, Optional<Digest> expected);

    IngestStatus status(String ref);

    /// Ingests that a filter matches. Field: `ref`.
    List<IngestStatus> statuses(List<Filter> filters);

    /// Drops an ingest.
    ///
    /// @throws dev.coracle.base.EngineException.NotFound when there is none
    void abort(String ref);
}
