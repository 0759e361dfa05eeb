package dev.coracle.engine.images;

import dev.coracle.base.Digest;
import dev.coracle.base.EngineException.AlreadyExists;
import dev.coracle.core.content.ContentStore;
import dev.coracle.core.types.FieldMask;
import dev.coracle.oci.Descriptor;
import dev.coracle.oci.ImageTree;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Puts documents into a content store and ties them to what they name.
final class Blobs {
    private Blobs() {}

    /// Stores a document; one that is there already is as good.
    static Descriptor put(ContentStore content, String mediaType, byte[] bytes) {
        var document = new Descriptor(mediaType, Digest.ofBytes(bytes), bytes.length);
        try (var writer = content.writer(ImageTree.ingest(document), bytes.length, Optional.of(document.digest()))) {
            writer.truncate(0);
            writer.write(ByteBuffer.wrap(bytes));
            writer.commit(bytes.length, Optional.of(document.digest()), Map.of());
        } catch (AlreadyExists present) {
            // the same document was stored before
        }
        return document;
    }

    /// Labels a parent with its children, by which the garbage collector keeps them.
    static void link(ContentStore content, Descriptor parent, List<Descriptor> children) {
        var labels = new LinkedHashMap<>(ImageTree.references(children));
        if (!labels.isEmpty()) {
            var paths = labels.keySet().stream().map(key -> "labels." + key).toArray(String[]::new);
            content.update(parent.digest(), labels, FieldMask.of(paths));
        }
    }
}
