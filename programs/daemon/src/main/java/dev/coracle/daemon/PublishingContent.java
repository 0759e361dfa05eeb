package dev.coracle.daemon;

import dev.coracle.base.Digest;
import dev.coracle.base.Filter;
import dev.coracle.core.content.BlobReader;
import dev.coracle.core.content.BlobWriter;
import dev.coracle.core.content.ContentInfo;
import dev.coracle.core.content.ContentStore;
import dev.coracle.core.content.IngestStatus;
import dev.coracle.core.events.Event;
import dev.coracle.core.types.FieldMask;
import dev.coracle.daemon.PublishingStores.Publisher;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// Content that tells of blobs which come and go.
record PublishingContent(ContentStore store, Publisher publisher) implements ContentStore {
    @Override
    public ContentInfo info(Digest digest) {
        return store.info(digest);
    }

    @Override
    public ContentInfo update(Digest digest, Map<String, String> labels, FieldMask mask) {
        return store.update(digest, labels, mask);
    }

    @Override
    public void walk(List<Filter> filters, Consumer<ContentInfo> visitor) {
        store.walk(filters, visitor);
    }

    @Override
    public void delete(Digest digest) {
        store.delete(digest);
        publisher.publish(new Event.ContentDeleted(digest.toString()));
    }

    @Override
    public BlobReader open(Digest digest) {
        return store.open(digest);
    }

    @Override
    public BlobWriter writer(String ref, long total, Optional<Digest> expected) {
        return new Writer(store.writer(ref, total, expected), publisher);
    }

    @Override
    public IngestStatus status(String ref) {
        return store.status(ref);
    }

    @Override
    public List<IngestStatus> statuses(List<Filter> filters) {
        return store.statuses(filters);
    }

    @Override
    public void abort(String ref) {
        store.abort(ref);
    }

    private record Writer(BlobWriter writer, Publisher publisher) implements BlobWriter {
        @Override
        public IngestStatus status() {
            return writer.status();
        }

        @Override
        public Digest digest() {
            return writer.digest();
        }

        @Override
        public void write(ByteBuffer bytes) {
            writer.write(bytes);
        }

        @Override
        public void truncate(long size) {
            writer.truncate(size);
        }

        @Override
        public Digest commit(long size, Optional<Digest> expected, Map<String, String> labels) {
            var written = writer.status().offset();
            var digest = writer.commit(size, expected, labels);
            publisher.publish(new Event.ContentCreated(digest.toString(), written));
            return digest;
        }

        @Override
        public void close() {
            writer.close();
        }
    }
}
