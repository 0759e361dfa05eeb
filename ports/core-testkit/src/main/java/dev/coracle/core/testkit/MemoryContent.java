package dev.coracle.core.testkit;

import dev.coracle.base.Digest;
import dev.coracle.base.EngineException.AlreadyExists;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.base.Filter;
import dev.coracle.core.content.BlobReader;
import dev.coracle.core.content.BlobWriter;
import dev.coracle.core.content.ContentInfo;
import dev.coracle.core.content.ContentStore;
import dev.coracle.core.content.IngestStatus;
import dev.coracle.core.types.Descriptor;
import dev.coracle.core.types.FieldMask;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/// Content in memory, as much of it as layers need: no filters, no leases, one writer at a time.
public final class MemoryContent implements ContentStore {
    private final Map<Digest, byte[]> blobs = new TreeMap<>();
    private final Map<Digest, Map<String, String>> labels = new HashMap<>();
    private final Map<String, ByteArrayOutputStream> ingests = new HashMap<>();

    public Descriptor add(String mediaType, byte[] bytes) {
        var digest = Digest.ofBytes(bytes);
        blobs.put(digest, bytes);
        labels.put(digest, Map.of());
        return new Descriptor(mediaType, digest, bytes.length);
    }

    /// What a broken disk does.
    public void damage(Digest digest, byte[] bytes) {
        blobs.put(digest, bytes);
    }

    public byte[] bytes(Digest digest) {
        var bytes = blobs.get(digest);
        if (bytes == null) {
            throw new NotFound("content " + digest);
        }
        return bytes;
    }

    public List<String> openIngests() {
        return List.copyOf(ingests.keySet());
    }

    @Override
    public ContentInfo info(Digest digest) {
        return new ContentInfo(
                digest, bytes(digest).length, Instant.EPOCH, Instant.EPOCH, labels.getOrDefault(digest, Map.of()));
    }

    @Override
    public ContentInfo update(Digest digest, Map<String, String> changed, FieldMask mask) {
        var merged = new HashMap<>(labels.getOrDefault(digest, Map.of()));
        merged.putAll(changed);
        labels.put(digest, merged);
        return info(digest);
    }

    @Override
    public void walk(List<Filter> filters, Consumer<ContentInfo> visitor) {
        blobs.keySet().forEach(digest -> visitor.accept(info(digest)));
    }

    @Override
    public void delete(Digest digest) {
        blobs.remove(digest);
    }

    @Override
    public BlobReader open(Digest digest) {
        var bytes = bytes(digest);
        return new BlobReader() {
            @Override
            public long size() {
                return bytes.length;
            }

            @Override
            public int read(ByteBuffer buffer, long offset) {
                if (offset >= bytes.length) {
                    return -1;
                }
                var part = (int) Math.min(buffer.remaining(), bytes.length - offset);
                buffer.put(bytes, (int) offset, part);
                return part;
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public BlobWriter writer(String ref, long total, Optional<Digest> expected) {
        var data = ingests.computeIfAbsent(ref, _ -> new ByteArrayOutputStream());
        return new BlobWriter() {
            @Override
            public IngestStatus status() {
                return new IngestStatus(ref, data.size(), 0, Optional.empty(), Instant.EPOCH, Instant.EPOCH);
            }

            @Override
            public Digest digest() {
                return Digest.ofBytes(data.toByteArray());
            }

            @Override
            public void write(ByteBuffer bytes) {
                var part = new byte[bytes.remaining()];
                bytes.get(part);
                data.writeBytes(part);
            }

            @Override
            public void truncate(long size) {
                data.reset();
            }

            @Override
            public Digest commit(long size, Optional<Digest> digest, Map<String, String> given) {
                ingests.remove(ref);
                if (blobs.containsKey(digest())) {
                    throw new AlreadyExists("content " + digest());
                }
                var added = add("", data.toByteArray()).digest();
                labels.put(added, given);
                return added;
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public IngestStatus status(String ref) {
        throw new NotFound("ingest " + ref);
    }

    @Override
    public List<IngestStatus> statuses(List<Filter> filters) {
        return List.of();
    }

    @Override
    public void abort(String ref) {
        if (ingests.remove(ref) == null) {
            throw new NotFound("ingest " + ref);
        }
    }
}
