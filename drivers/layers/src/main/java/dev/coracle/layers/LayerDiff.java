package dev.coracle.layers;

import dev.coracle.base.Digest;
import dev.coracle.base.EngineException;
import dev.coracle.base.EngineException.AlreadyExists;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.base.TaskGroup;
import dev.coracle.core.content.BlobWriter;
import dev.coracle.core.content.ContentStore;
import dev.coracle.core.layers.LayerStore.DiffOptions;
import dev.coracle.core.mounts.Mount;
import dev.coracle.core.types.Descriptor;
import dev.coracle.core.types.FieldMask;
import dev.coracle.linux.Directory;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/// Writes one difference into the content store.
final class LayerDiff {
    /// Where clients look for the digest of the uncompressed layer.
    private static final String UNCOMPRESSED = "containerd.io/uncompressed";

    private static final AtomicLong NAMELESS = new AtomicLong();
    private static final int BUFFER = 1 << 17;

    private final ContentStore content;
    private final MountedTrees trees;
    private final DiffOptions options;
    private final String mediaType;
    private final String ref;

    LayerDiff(ContentStore content, MountedTrees trees, DiffOptions options) {
        this.content = content;
        this.trees = trees;
        this.options = options;
        this.mediaType = options.mediaType().isEmpty() ? Compression.PLAIN_LAYER + "+gzip" : options.mediaType();
        this.ref = options.ref().isEmpty() ? "layer-difference-" + NAMELESS.incrementAndGet() : options.ref();
    }

    Descriptor write(List<Mount> lower, List<Mount> upper) throws Exception {
        var compression = Compression.of(mediaType);
        var complete = false;
        var writer = content.writer(ref, 0, Optional.empty());
        try (writer;
                var group = TaskGroup.onPlatformThreads("layer")) {
            if (writer.status().offset() > 0) {
                writer.truncate(0);
            }
            var written = group.fork(() -> write(writer, compression, lower, upper));
            group.join();
            complete = true;
            return written.resultNow();
        } finally {
            if (!complete) {
                abort();
            }
        }
    }

    private void abort() {
        try {
            content.abort(ref);
        } catch (NotFound _) {
            // nothing was written yet
        }
    }

    private Descriptor write(BlobWriter writer, Compression compression, List<Mount> lower, List<Mount> upper)
            throws IOException {
        var blob = new BlobOutput(writer);
        var plain = Digest.sha256();
        try (var hashed = new HashedOutput(compression.compress(blob), plain);
                var tar = new TarWriter(hashed)) {
            compare(lower, upper, new ChangeWriter(tar, options.sourceDateEpoch()));
        }
        blob.flush();
        var labels = new HashMap<>(options.labels());
        labels.put(UNCOMPRESSED, Digest.of(plain.digest()).toString());
        return new Descriptor(mediaType, commit(writer, labels), blob.written);
    }

    private Digest commit(BlobWriter writer, Map<String, String> labels) {
        var digest = writer.digest();
        try {
            return writer.commit(0, Optional.of(digest), labels);
        } catch (AlreadyExists _) {
            var mask = labels.keySet().stream().map(key -> "labels." + key).toList();
            content.update(digest, labels, new FieldMask(mask));
            return digest;
        }
    }

    private void compare(List<Mount> lower, List<Mount> upper, ChangeWriter changes) throws IOException {
        var upperDirectory = OverlayPair.upperDirectory(lower, upper);
        try (var above = upperDirectory.isPresent() ? plain(upperDirectory.get()) : trees.open(upper)) {
            var comparison = new TreeComparison(changes, upperDirectory.isPresent());
            if (lower.isEmpty()) {
                comparison.compare(null, above.directory());
                return;
            }
            try (var below = trees.open(lower)) {
                comparison.compare(below.directory(), above.directory());
            }
        }
    }

    private static MountedTrees.Tree plain(String path) throws IOException {
        return new MountedTrees.Tree(Directory.open(Path.of(path)));
    }

    /// Into the ingest, in pieces.
    private static final class BlobOutput extends OutputStream {
        private final BlobWriter writer;
        private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
        private long written;

        BlobOutput(BlobWriter writer) {
            this.writer = writer;
        }

        @Override
        public void write(int one) {
            write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws EngineException {
            for (var done = 0; done < length; ) {
                if (!buffer.hasRemaining()) {
                    flush();
                }
                var part = Math.min(buffer.remaining(), length - done);
                buffer.put(bytes, offset + done, part);
                done += part;
            }
            written += length;
        }

        @Override
        public void flush() {
            buffer.flip();
            writer.write(buffer);
            buffer.clear();
        }
    }

    private static final class HashedOutput extends OutputStream {
        private final OutputStream output;
        private final MessageDigest hash;

        HashedOutput(OutputStream output, MessageDigest hash) {
            this.output = output;
            this.hash = hash;
        }

        @Override
        public void write(int one) throws IOException {
            write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            hash.update(bytes, offset, length);
            output.write(bytes, offset, length);
        }

        @Override
        public void close() throws IOException {
            output.close();
        }
    }
}
