package dev.coracle.layers;

import dev.coracle.base.Digest;
import dev.coracle.base.TaskGroup;
import dev.coracle.core.content.BlobReader;
import dev.coracle.core.types.Descriptor;
import dev.coracle.core.types.TypedBytes;
import dev.coracle.layers.StreamPrograms.Plan;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
    private final Optional<StreamPrograms> programs;
    private final Map<String, TypedBytes> payloads;
    private final Plan plan;
    private final LayerLimits limits;
    private final BlockingQueue<Piece> free = new ArrayBlockingQueue<>(PIECES);
    private final BlockingQueue<Piece> decompressed = new ArrayBlockingQueue<>(PIECES);
    private final BlockingQueue<Piece> hashed = new ArrayBlockingQueue<>(PIECES);

    LayerPipeline(
            Descriptor layer, LayerLimits limits, Optional<StreamPrograms> programs, Map<String, TypedBytes> payloads) {
        this.layer = layer;
        this.programs = programs;
        this.payloads = Map.copyOf(payloads);
        this.plan = programs.map(some -> some.plan(layer.mediaType()))
                .orElseGet(() -> new Plan(List.of(), Compression.of(layer.mediaType())));
        this.limits = limits;
        for (var i = 0; i < PIECES; i++) {
            free.add(new Piece());
        }
    }

    /// Runs the layer through.
    ///
    /// @return the uncompressed layer's descriptor
    Descriptor run(BlobReader blob, Consumer consumer) throws Exception {
        // the programs are ended before the group waits for those who read and write their pipes
        try (var group = TaskGroup.onPlatformThreads("layer");
                var running = new Programs()) {
            var input = new BlobInput(blob, layer);
            var archive = running.start(input, group);
            group.fork(() -> {
                decompress(input, archive);
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

    /// The programs of the plan, each reading what the one before it writes.
    private final class Programs implements AutoCloseable {
        private final Deque<StreamProgram> started = new ArrayDeque<>();

        InputStream start(InputStream blob, TaskGroup group) throws IOException, InterruptedException {
            var stream = blob;
            var type = layer.mediaType();
            for (var processor : plan.programs()) {
                var payload = Optional.ofNullable(payloads.get(processor.id()));
                var program = StreamProgram.start(programs.orElseThrow().spawner(), processor, type, stream, payload);
                started.push(program);
                group.fork(() -> {
                    program.tell();
                    return true;
                });
                group.fork(() -> {
                    program.feed();
                    return true;
                });
                stream = program;
                type = processor.returns();
            }
            return stream;
        }

        @Override
        public void close() {
            started.forEach(StreamProgram::close);
        }
    }

    private void decompress(BlobInput blob, InputStream archive) throws IOException, InterruptedException {
        var unpacked = 0L;
        try (var stream = plan.compression().decompress(archive)) {
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
