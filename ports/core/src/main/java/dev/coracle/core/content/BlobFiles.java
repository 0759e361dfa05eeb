package dev.coracle.core.content;

import dev.coracle.base.Digest;
import java.nio.channels.FileChannel;
import java.util.List;

/// The files behind content, without namespaces: what a driver offers to the metadata. File names
/// are digests and ingest ids made by the metadata, never text from outside. A blob appears whole
/// (written under another name, synced, renamed) or not at all.
public interface BlobFiles {
    /// Opens a blob read-only.
    ///
    /// @throws dev.coracle.base.EngineException.NotFound when its file is missing
    FileChannel open(Digest digest);

    boolean exists(Digest digest);

    /// Size in bytes.
    long size(Digest digest);

    /// Opens, creating it when it is missing, the data file of an ingest for reading and
    /// appending.
    FileChannel ingest(String id);

    /// Bytes in an ingest's file; 0 when there is none.
    long ingested(String id);

    /// Turns the ingest's file into the blob, durably. An existing blob of that digest is kept
    /// and the ingest dropped.
    void commit(String id, Digest digest);

    /// Removes an ingest's file; it is not a failure when there is none.
    void dropIngest(String id);

    /// Removes a blob's file; it is not a failure when there is none.
    void remove(Digest digest);

    /// Every blob on disk: for the comparison with the metadata at start and after a collection.
    List<Digest> blobs();

    /// Every ingest on disk.
    List<String> ingests();
}
