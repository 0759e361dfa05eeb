package dev.coracle.registry;

import dev.coracle.base.Digest;
import dev.coracle.base.EngineException.FailedPrecondition;
import dev.coracle.core.content.BlobWriter;
import dev.coracle.core.content.IngestStatus;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/// An ingest in memory.
final class MemorySink implements BlobWriter {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    byte[] bytes() {
        return bytes.toByteArray();
    }

    @Override
    public IngestStatus status() {
        return new IngestStatus("ref", bytes.size(), 0, Optional.empty(), Instant.EPOCH, Instant.EPOCH);
    }

    @Override
    public Digest digest() {
        return Digest.ofBytes(bytes());
    }

    @Override
    public void write(ByteBuffer piece) {
        var copy = new byte[piece.remaining()];
        piece.get(copy);
        bytes.writeBytes(copy);
    }

    @Override
    public void truncate(long size) {
        bytes.reset();
    }

    @Override
    public Digest commit(long size, Optional<Digest> expected, Map<String, String> labels) {
        if (expected.isPresent() && !expected.get().equals(digest())) {
            throw new FailedPrecondition("digest differs");
        }
        return digest();
    }

    @Override
    public void close() {}
}
