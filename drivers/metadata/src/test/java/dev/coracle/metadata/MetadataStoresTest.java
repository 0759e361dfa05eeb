package dev.coracle.metadata;

import dev.coracle.core.gc.GarbageCollector;
import dev.coracle.core.records.Records;
import dev.coracle.core.stores.Stores;
import dev.coracle.core.testkit.ContainerStoreContract;
import dev.coracle.core.testkit.ContentStoreContract;
import dev.coracle.core.testkit.GarbageCollectionContract;
import dev.coracle.core.testkit.ImageStoreContract;
import dev.coracle.core.testkit.LeaseStoreContract;
import dev.coracle.core.testkit.MemoryRecords;
import dev.coracle.core.testkit.NamespaceStoreContract;
import dev.coracle.core.testkit.RecordsContract;
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
    class Documents extends OnMetadata implements RecordsContract {
        @Override
        public Records records() {
            return ((MetadataStores) stores()).records();
        }
    }

    @Nested
    class DocumentsInMemory implements RecordsContract {
        private final Records records = new MemoryRecords();

        @Override
        public Records records() {
            return records;
        }
    }

    @Nested
    class Leases extends OnMetadata implements LeaseStoreContract {}

    @Nested
    class Content extends OnMetadata implements ContentStoreContract {}

    @Nested
    class Snapshots extends OnMetadata implements SnapshotterContract {}

    @Nested
    class GarbageCollection extends OnMetadata implements GarbageCollectionContract {}
}
