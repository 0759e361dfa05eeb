package dev.coracle.metadata;

import dev.coracle.base.Digest;
import dev.coracle.base.EngineException.AlreadyExists;
import dev.coracle.base.EngineException.FailedPrecondition;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.base.EngineException.OutOfRange;
import dev.coracle.base.FileFailures;
import dev.coracle.base.Labels;
import dev.coracle.core.content.BlobWriter;
import dev.coracle.core.content.IngestStatus;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The writer of one ingest. It hashes while it writes; what an earlier writer left is hashed
/// when it is opened. An ingest of a blob that another namespace shares has no file until
/// something is written to it.
final class IngestWriter implements BlobWriter {
    private static final System.Logger LOG = System.getLogger(IngestWriter.class.getName());
    private static final int CHUNK = 1 << 20;

    private final Store store;
    private final Tenant tenant;
    private final Ingest ingest;
    private final OpenIngests.Key key;
    private @Nullable FileChannel channel;
    private MessageDigest hash;
    private volatile long offset;
    private volatile Instant updatedAt;
    private boolean finished;
    private boolean closed;

    IngestWriter(Store store, Tenant tenant, Ingest ingest) {
        this.store = store;
        this.tenant = tenant;
        this.ingest = ingest;
        this.key = new OpenIngests.Key(tenant.namespace(), ingest.ref());
        this.updatedAt = ingest.updatedAt();
        this.hash = hasher();
        if (ingest.shared()) {
            this.offset = ingest.total();
        } else {
            this.channel = store.blobs().ingest(ingest.fileId());
            try {
                rehash();
            } catch (RuntimeException e) {
                closeFile();
                throw e;
            }
        }
    }

    private MessageDigest hasher() {
        return ingest.expected().map(Digest::hasher).orElseGet(Digest::sha256);
    }

    @Override
    public IngestStatus status() {
        return ingest.status(offset, updatedAt);
    }

    @Override
    public Digest digest() {
        if (channel == null) {
            return ingest.expected().orElseThrow();
        }
        try {
            return Digest.of(((MessageDigest) hash.clone()).digest());
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("the JDK's SHA-2 can be copied", e);
        }
    }

    @Override
    public void write(ByteBuffer bytes) {
        var open = unshared(true);
        var hashed = bytes.duplicate();
        var begin = offset;
        try {
            var at = begin;
            while (bytes.hasRemaining()) {
                at += open.write(bytes, at);
            }
            offset = at;
        } catch (IOException e) {
            // What was hashed must be what is there: the part of this write that arrived is cut off.
            cutBack(open, begin, e);
            throw FileFailures.of("write ingest " + ingest.ref(), e);
        }
        hash.update(hashed);
        updatedAt = store.now();
    }

    private static void cutBack(FileChannel file, long size, IOException because) {
        try {
            file.truncate(size);
        } catch (IOException e) {
            because.addSuppressed(e);
        }
    }

    @Override
    public void truncate(long size) {
        if (size < 0 || size > offset) {
            throw new OutOfRange("truncate ingest " + ingest.ref() + " to " + size + " bytes: it has " + offset);
        }
        var open = unshared(size > 0);
        try {
            open.truncate(size);
        } catch (IOException e) {
            throw FileFailures.of("truncate ingest " + ingest.ref(), e);
        }
        rehash();
        updatedAt = store.now();
    }

    /// The ingest's own file; a shared one gets it now, with the blob's bytes if they are wanted.
    private FileChannel unshared(boolean copied) {
        requireOpen();
        if (channel != null) {
            return channel;
        }
        var digest = ingest.expected().orElseThrow();
        var own = store.blobs().ingest(ingest.fileId());
        channel = own;
        try {
            own.truncate(0);
            if (copied) {
                try (var blob = store.blobs().open(digest)) {
                    for (var at = 0L; at < blob.size(); ) {
                        at += blob.transferTo(at, blob.size() - at, own);
                    }
                }
            }
        } catch (IOException e) {
            throw FileFailures.of("copy content " + digest + " to ingest " + ingest.ref(), e);
        }
        store.database().write(session -> session.update("UPDATE ingests SET shared = 0 WHERE id = ?", ingest.id()));
        store.doomed().blob(digest);
        rehash();
        return own;
    }

    /// Hashes what is in the file and stands at its end.
    private void rehash() {
        var open = channel;
        if (open == null) {
            return;
        }
        try {
            hash = hasher();
            offset = hashFile(open, hash);
        } catch (IOException e) {
            throw FileFailures.of("read ingest " + ingest.ref(), e);
        }
    }

    private static long hashFile(FileChannel file, MessageDigest hash) throws IOException {
        var at = 0L;
        if (file.size() > 0) {
            var buffer = ByteBuffer.allocate((int) Math.min(CHUNK, file.size()));
            for (var read = file.read(buffer, at); read > 0; read = file.read(buffer, at)) {
                hash.update(buffer.flip());
                buffer.clear();
                at += read;
            }
        }
        return at;
    }

    @Override
    public Digest commit(long size, Optional<Digest> expected, Map<String, String> labels) {
        requireOpen();
        var stored = Codec.labels(Labels.of(labels));
        var promised = size > 0 ? size : ingest.total();
        if (promised > 0 && promised != offset) {
            throw new FailedPrecondition(
                    "commit ingest " + ingest.ref() + ": unexpected commit size " + offset + ", expected " + promised);
        }
        var wanted = expected.or(ingest::expected);
        var digest = actual(wanted);
        if (wanted.isPresent() && !digest.equals(wanted.get())) {
            throw new FailedPrecondition("commit ingest " + ingest.ref() + ": unexpected commit digest " + digest
                    + ", expected " + wanted.get());
        }
        sync();
        boolean isNew;
        // Held from before the file gets its name until the record is there: the collector, which
        // removes files without a record, takes the same lock.
        try (var _ = store.blobLocks().lock(digest)) {
            requireRecord();
            store.blobs().commit(ingest.fileId(), digest);
            isNew = keep(digest, stored);
        } catch (RuntimeException e) {
            store.doomed().blob(digest);
            throw e;
        }
        finished = true;
        if (!isNew) {
            throw new AlreadyExists("content " + digest);
        }
        return digest;
    }

    /// The digest in the algorithm that is asked for; the bytes are read again when it is not the
    /// one that was expected at the beginning.
    private Digest actual(Optional<Digest> wanted) {
        var open = channel;
        if (open == null
                || wanted.isEmpty()
                || wanted.get().hasher().getAlgorithm().equals(hash.getAlgorithm())) {
            return digest();
        }
        try {
            var other = wanted.get().hasher();
            hashFile(open, other);
            return Digest.of(other.digest());
        } catch (IOException e) {
            throw FileFailures.of("read ingest " + ingest.ref(), e);
        }
    }

    /// Most of the bytes go to the disk here, while no lock is held.
    private void sync() {
        try {
            if (channel != null) {
                channel.force(true);
            }
        } catch (IOException e) {
            throw FileFailures.of("sync ingest " + ingest.ref(), e);
        }
    }

    private void requireRecord() {
        if (store.database()
                .read(session -> Ingest.find(session, tenant.namespace(), ingest.ref()))
                .filter(found -> found.id() == ingest.id())
                .isEmpty()) {
            throw new NotFound("commit ingest " + ingest.ref() + ": it was aborted");
        }
    }

    private boolean keep(Digest digest, byte[] labels) {
        var now = Codec.nanos(store.now());
        return store.database().write(session -> {
            tenant.enter(session);
            SqlContent.forget(session, tenant, ingest);
            tenant.hold(session, Tenant.CONTENT, digest.toString());
            return session.update(
                            "INSERT OR IGNORE INTO content (namespace, digest, size, created, updated, labels)"
                                    + " VALUES (?, ?, ?, ?, ?, ?)",
                            tenant.namespace(),
                            digest.toString(),
                            offset,
                            now,
                            now,
                            labels)
                    > 0;
        });
    }

    private void requireOpen() {
        if (finished || closed) {
            throw new FailedPrecondition(
                    "ingest " + ingest.ref() + ": the writer is " + (finished ? "committed" : "closed"));
        }
    }

    /// Remembers when it was written last, and lets the reference go.
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        closeFile();
        try {
            if (!finished && !updatedAt.equals(ingest.updatedAt())) {
                store.database()
                        .write(session -> session.update(
                                "UPDATE ingests SET updated = ? WHERE id = ?", Codec.nanos(updatedAt), ingest.id()));
            }
        } finally {
            store.openIngests().release(key);
        }
    }

    private void closeFile() {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "closing the ingest of ref=" + ingest.ref() + " failed", e);
        }
    }
}
