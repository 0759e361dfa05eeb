package dev.coracle.metadata;

import dev.coracle.core.gc.GarbageCollector;
import dev.coracle.core.stores.Stores;
import dev.coracle.core.testkit.ContainerStoreContract;
import dev.coracle.core.testkit.ContentStoreContract;
import dev.coracle.core.testkit.GarbageCollectionContract;
import dev.coracle.core.testkit.ImageStoreContract;
import dev.coracle.core.testkit.LeaseStoreContract;
import dev.coracle.core.testkit.NamespaceStoreContract;
import dev.coracle.core.testkit.SnapshotterContract;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/// The contract suites, on the store over fakes of the files.
class MetadataStoresTest {
    abstract static class OnMetadata {
        private @Nullable Opened opened;

        @BeforeEach
        void open(@TempDir Path root) {
            opened = Opened.in(root);
        }

        @AfterEach
        void close() {
            Objects.requireNonNull(opened).close();
        }

        public Stores stores() {
            return Objects.requireNonNull(opened).stores;
        }

        public GarbageCollector collector() {
            return Objects.requireNonNull(opened).stores.collector();
        }
    }

    @Nested
    class Namespaces extends OnMetadata implements NamespaceStoreContract {}

    @Nested
    class Images extends OnMetadata implements ImageStoreContract {}

    @Nested
    class Containers extends OnMetadata implements ContainerStoreContract {}

    @Nested
    class Leases extends OnMetadata implements LeaseStoreContract {}

    @Nested
    class Content extends OnMetadata implements ContentStoreContract {}

    @Nested
    class Snapshots extends OnMetadata implements SnapshotterContract {}

    @Nested
    class GarbageCollection extends OnMetadata implements GarbageCollectionContract {}
}
