package dev.coracle.layers;

import dev.coracle.base.Digest;
import dev.coracle.base.TaskGroup;
import dev.coracle.core.content.BlobReader;
import dev.coracle.core.types.Descriptor;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/// Carries a layer from its blob to the disk in three steps on three threads: read and
/// decompress, hash, unpack. Pieces of a fixed number of buffers go round, so that memory stays
/// the same whatever the layer holds.
final class LayerPipeline {
    private static final int PIECE = 1 << 18;
    private static final int PIECES = 12;

    /// A piece of the uncompressed layer; an empty one is the end.
    private static final class Piece {
        private final byte[] bytes = new byte[PIECE];
        private int length;
    }

    /// What takes the archive in.
    @FunctionalInterface
    interface Consumer {
        void read(ByteChunks archive) throws IOException;
    }

    private final Descriptor layer;
    private final Compression compression;
    private final LayerLimits limits;
    private final BlockingQueue<Piece> free = new ArrayBlockingQueue<>(PIECES);
    private final BlockingQueue<Piece> decompressed = new ArrayBlockingQueue<>(PIECES);
    private final BlockingQueue<Piece> hashed = new ArrayBlockingQueue<>(PIECES);

    LayerPipeline(Descriptor layer, LayerLimits limits) {
        this.layer = layer;
        this.compression = Compression.of(layer.mediaType());
        this.limits = limits;
        for (var i = 0; i < PIECES; i++) {
            free.add(new Piece());
        }
    }

    /// Runs the layer through.
    ///
    /// @return the uncompressed layer's descriptor
    Descriptor run(BlobReader blob, Consumer consumer) throws Exception {
        try (var group = TaskGroup.onPlatformThreads("layer")) {
            group.fork(() -> {
                decompress(new BlobInput(blob, layer));
                return true;
            });
            var plain = group.fork(this::hash);
            group.fork(() -> {
                unpack(consumer);
                return true;
            });
            group.join();
            return plain.resultNow();
        }
    }

    private void decompress(BlobInput blob) throws IOException, InterruptedException {
        var unpacked = 0L;
        try (var stream = compression.decompress(blob)) {
            Piece piece;
            do {
                piece = free.take();
                piece.length = fill(stream, piece.bytes);
                unpacked += piece.length;
                limits.checkBytes(unpacked);
                limits.checkRatio(unpacked, blob.position());
                if (piece.length == 0) {
                    // only now, so that a damaged blob is never reported as success
                    blob.verify();
                }
                decompressed.put(piece);
            } while (piece.length > 0);
        }
    }

    private static int fill(InputStream stream, byte[] buffer) throws IOException {
        return stream.readNBytes(buffer, 0, buffer.length);
    }

    private Descriptor hash() throws InterruptedException {
        var hash = Digest.sha256();
        var size = 0L;
        while (true) {
            var piece = decompressed.take();
            hash.update(piece.bytes, 0, piece.length);
            size += piece.length;
            var last = piece.length == 0;
            hashed.put(piece);
            if (last) {
                return new Descriptor(Compression.PLAIN_LAYER, Digest.of(hash.digest()), size);
            }
        }
    }

    private void unpack(Consumer consumer) throws IOException {
        consumer.read(new ByteChunks() {
            private Piece current = new Piece();

            @Override
            public ByteBuffer next() throws IOException {
                try {
                    if (current.length > 0) {
                        free.put(current);
                    }
                    current = hashed.take();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new InterruptedIOException("unpacking layer " + layer.digest() + " was interrupted");
                }
                return ByteBuffer.wrap(current.bytes, 0, current.length);
            }
        });
    }
}
