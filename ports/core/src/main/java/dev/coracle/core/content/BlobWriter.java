package dev.coracle.core.content;

import dev.coracle.base.Digest;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;

/// An open ingest: exactly one writer exists for a reference at a time. Used by one thread at a
/// time. Closing without a commit keeps the ingest, and reopening the reference goes on at the
/// old offset.
public interface BlobWriter extends AutoCloseable {
    /// Where the write stands. An ingest whose blob is already on disk in another namespace that
    /// shares its content starts with offset = total = the blob's size, and only has to be
    /// committed.
    IngestStatus status();

    /// The digest of what has been written so far.
    Digest digest();

    /// Appends all bytes between position and limit.
    ///
    /// @throws dev.coracle.base.EngineException.ResourceExhausted when the disk is full
    void write(ByteBuffer bytes);

    /// Cuts the ingest back to `size` bytes (only 0 needs to be cheap).
    void truncate(long size);

    /// Makes the ingest a blob: bytes on disk, then the metadata, and the ingest is gone.
    ///
    /// @param size the expected bytes, 0 when not known
    /// @throws dev.coracle.base.EngineException.FailedPrecondition when size or digest differ;
    ///     the ingest is kept
    /// @throws dev.coracle.base.EngineException.AlreadyExists when the blob exists in this
    ///     namespace; the ingest is removed
    Digest commit(long size, Optional<Digest> expected, Map<String, String> labels);

    @Override
    void close();
}
