package dev.coracle.core.content;

import java.io.IOException;
import java.nio.ByteBuffer;

/// Random access to one blob. Used by one thread at a time; closed by whoever opened it.
public interface BlobReader extends AutoCloseable {
    /// Bytes in the blob.
    long size();

    /// Reads at an offset into the buffer, as much as fits or is left.
    ///
    /// @return the bytes read, or -1 at the end
    int read(ByteBuffer buffer, long offset) throws IOException;

    @Override
    void close() throws IOException;
}
