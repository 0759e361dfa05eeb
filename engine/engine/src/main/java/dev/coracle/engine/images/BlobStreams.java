package dev.coracle.engine.images;

import dev.coracle.base.Digest;
import dev.coracle.base.EngineException.AlreadyExists;
import dev.coracle.core.content.BlobReader;
import dev.coracle.core.content.ContentStore;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;

/// Blobs of a content store as streams of bytes.
final class BlobStreams {
    private BlobStreams() {}

    /// A blob from its beginning; closing the stream closes it.
    static InputStream input(ContentStore content, Digest digest) {
        var reader = content.open(digest);
        return new InputStream() {
            private long offset;

            @Override
            public int read() throws IOException {
                var one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] buffer, int start, int length) throws IOException {
                return length == 0 ? 0 : next(reader, ByteBuffer.wrap(buffer, start, length));
            }

            private int next(BlobReader blob, ByteBuffer buffer) throws IOException {
                var count = blob.read(buffer, offset);
                offset += Math.max(count, 0);
                return count;
            }

            @Override
            public void close() throws IOException {
                reader.close();
            }
        };
    }

    /// What a blob is filled with.
    @FunctionalInterface
    interface Filling {
        /// @return labels of the blob
        Map<String, String> fill(OutputStream output) throws IOException;
    }

    /// A new blob and its size.
    record Stored(Digest digest, long size) {}

    /// Stores what is written; the same bytes may be there before.
    static Stored store(ContentStore content, String ref, Filling filling) throws IOException {
        try (var writer = content.writer(ref, 0, Optional.empty())) {
            if (writer.status().offset() > 0) {
                writer.truncate(0);
            }
            var size = new long[1];
            var labels = filling.fill(new OutputStream() {
                @Override
                public void write(int value) {
                    write(new byte[] {(byte) value}, 0, 1);
                }

                @Override
                public void write(byte[] bytes, int start, int length) {
                    writer.write(ByteBuffer.wrap(bytes, start, length));
                    size[0] += length;
                }
            });
            var digest = writer.digest();
            try {
                writer.commit(size[0], Optional.of(digest), labels);
            } catch (AlreadyExists same) {
                // as good
            }
            return new Stored(digest, size[0]);
        }
    }
}
