package dev.coracle.metadata;

import dev.coracle.base.Digest;
import dev.coracle.core.containers.ContainerStore;
import dev.coracle.core.content.ContentStore;
import dev.coracle.core.gc.GarbageCollector;
import dev.coracle.core.images.ImageStore;
import dev.coracle.core.leases.LeaseStore;
import dev.coracle.core.namespaces.NamespaceStore;
import dev.coracle.core.records.Records;
import dev.coracle.core.snapshots.Snapshotter;
import dev.coracle.core.stores.NamespaceStores;
import dev.coracle.core.stores.Scope;
import dev.coracle.core.stores.Stores;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// The stores over one SQLite file. Opening compares the records with the blobs on disk:
/// half-made things are removed, and a record whose blob is gone or has another length is dropped,
/// so that the next pull brings it back. Snapshot directories are compared when their snapshotter
/// is first used, at the latest by the first collection.
public final class MetadataStores implements Stores {
    private static final System.Logger LOG = System.getLogger(MetadataStores.class.getName());

    private final Store store;
    private final Collector collector;

    private MetadataStores(Store store, Collector collector) {
        this.store = store;
        this.collector = collector;
    }

    /// Opens the store, making it when it is not there.
    ///
    /// @throws dev.coracle.base.EngineException.FailedPrecondition when another daemon uses it, a
    ///     newer version wrote it, or it is new although blobs of an older one are there
    /// @throws dev.coracle.base.EngineException.DataLoss when the file is damaged
    public static MetadataStores open(MetadataOptions options) {
        var database = Database.open(options.file());
        try {
            var doomed = new Doomed();
            var store = new Store(
                    database,
                    options.blobs(),
                    options.isolated(),
                    options.clock(),
                    options.random(),
                    new KeyedLocks(),
                    new OpenIngests(),
                    new Snapshotters(database, doomed, options.snapshotters()),
                    doomed,
                    new Schedule(options.clock(), options.threads(), options.pace()));
            compareBlobs(store);
            compareIngests(store);
            var collector = new Collector(store, options.collected());
            store.schedule().start(collector::collect);
            return new MetadataStores(store, collector);
        } catch (RuntimeException e) {
            database.close();
            throw e;
        }
    }

    /// Loads what a store is made of, so that opening one takes a moment only.
    public static void warm() {
        Database.warm();
    }

    private static void compareBlobs(Store store) {
        record Known(Digest digest, long size) {}
        var onDisk = new HashSet<>(store.blobs().blobs());
        store.database().adopt("content", onDisk.size());
        var known = store.database()
                .read(session -> session.list(
                        "SELECT DISTINCT digest, size FROM content",
                        row -> new Known(Digest.parse(row.getString(1)), row.getLong(2))));
        var lost = known.stream()
                .filter(blob -> !onDisk.contains(blob.digest()) || store.blobs().size(blob.digest()) != blob.size())
                .map(Known::digest)
                .collect(Collectors.toSet());
        if (!lost.isEmpty()) {
            LOG.log(System.Logger.Level.WARNING, () -> "content is missing or cut and must be fetched again: " + lost);
            drop(store, lost);
        }
        known.forEach(blob -> onDisk.remove(blob.digest()));
        onDisk.addAll(lost);
        onDisk.forEach(store.doomed()::blob);
    }

    private static void drop(Store store, Set<Digest> lost) {
        store.database().write(session -> {
            for (var digest : lost) {
                session.update("DELETE FROM content WHERE digest = ?", digest.toString());
                session.update("DELETE FROM ingests WHERE shared = 1 AND expected = ?", digest.toString());
            }
            return lost.size();
        });
    }

    /// A record without a file starts again at nothing, so it may stay; a file without a record
    /// goes.
    private static void compareIngests(Store store) {
        var onDisk = store.blobs().ingests();
        if (onDisk.isEmpty()) {
            return;
        }
        var known = new HashSet<>(store.database()
                .read(session ->
                        session.list("SELECT id FROM ingests WHERE shared = 0", row -> Long.toString(row.getLong(1)))));
        onDisk.stream().filter(id -> !known.contains(id)).forEach(store.blobs()::dropIngest);
    }

    /// The collector of this store.
    public GarbageCollector collector() {
        return collector;
    }

    /// The documents of the engine and its drivers.
    public Records records() {
        return new SqlRecords(store.database());
    }

    /// Compares records with files: one sentence for each that does not fit. To be asked for after
    /// a collection; others may use the store meanwhile.
    public List<String> audit() {
        return Audit.findings(store);
    }

    @Override
    public NamespaceStore namespaces() {
        return new SqlNamespaces(store.database());
    }

    @Override
    public NamespaceStores in(Scope scope) {
        return new View(store, new Tenant(scope));
    }

    private record View(Store store, Tenant tenant) implements NamespaceStores {
        @Override
        public Scope scope() {
            return tenant.scope();
        }

        @Override
        public ContentStore content() {
            return new SqlContent(store, tenant);
        }

        @Override
        public ImageStore images() {
            return new SqlImages(store, tenant);
        }

        @Override
        public ContainerStore containers() {
            return new SqlContainers(store, tenant);
        }

        @Override
        public LeaseStore leases() {
            return new SqlLeases(store, tenant);
        }

        @Override
        public Snapshotter snapshotter(String name) {
            return new SqlSnapshotter(store, tenant, name);
        }
    }

    /// Waits for a collection under way and for the running transaction.
    @Override
    public void close() {
        store.schedule().close();
        store.database().close();
    }
}
