package dev.coracle.layers;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/// The bytes of an archive, one piece after the other.
@FunctionalInterface
interface ByteChunks {
    /// The next bytes, backed by an array and the reader's until it asks again; an empty buffer
    /// is the end.
    ByteBuffer next() throws IOException;

    /// The bytes of a stream.
    static ByteChunks of(InputStream stream) {
        var buffer = new byte[1 << 16];
        return () -> ByteBuffer.wrap(buffer, 0, Math.max(0, stream.read(buffer)));
    }
}
