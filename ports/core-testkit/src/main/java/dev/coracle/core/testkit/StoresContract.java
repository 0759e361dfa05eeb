package dev.coracle.core.testkit;

import dev.coracle.base.Digest;
import dev.coracle.core.content.ContentStore;
import dev.coracle.core.gc.GarbageCollector;
import dev.coracle.core.stores.NamespaceStores;
import dev.coracle.core.stores.Scope;
import dev.coracle.core.stores.Stores;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/// What every suite about the stores needs: the stores, opened empty for each test.
public interface StoresContract {
    /// A snapshotter that the stores under test have.
    String SNAPSHOTTER = "native";

    Stores stores();

    /// The collector of these stores.
    GarbageCollector collector();

    /// The namespace of most tests.
    default NamespaceStores testing() {
        return stores().in(Scope.of("testing"));
    }

    /// The same, where everything goes to a lease of that name, made now.
    default NamespaceStores leased(String lease, Map<String, String> labels) {
        testing().leases().create(Optional.of(lease), labels);
        return stores().in(Scope.of("testing").leased(lease));
    }

    /// Writes text as a blob.
    static Digest write(ContentStore content, String text, Map<String, String> labels) {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        try (var writer = content.writer("write " + text, bytes.length, Optional.empty())) {
            writer.write(ByteBuffer.wrap(bytes));
            return writer.commit(bytes.length, Optional.of(Digest.ofBytes(bytes)), labels);
        }
    }
}
