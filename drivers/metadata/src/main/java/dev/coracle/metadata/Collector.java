package dev.coracle.metadata;

import dev.coracle.base.Digest;
import dev.coracle.base.EngineException;
import dev.coracle.core.events.Event;
import dev.coracle.core.gc.GarbageCollector;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;

/// Marks and sweeps the records in one transaction, then removes the files that no record names
/// any more. The writer's lock is held for the transaction only.
///
/// A blob's file is removed under the lock of its digest and after one more look at the records;
/// a commit of the same digest holds that lock from before its file is there until its record is.
final class Collector implements GarbageCollector {
    private static final System.Logger LOG = System.getLogger(Collector.class.getName());

    private final Store store;
    private final BiConsumer<String, Event> collected;
    private final ReentrantLock running = new ReentrantLock();
    private final AtomicLong asked = new AtomicLong();
    private long answered;
    private Report last = new Report(0, 0, 0);

    Collector(Store store, BiConsumer<String, Event> collected) {
        this.store = store;
        this.collected = collected;
    }

    @Override
    public void deleted() {
        store.deleted();
    }

    /// Callers that come while a collection runs share the next one.
    @Override
    public Report collect() {
        var ticket = asked.incrementAndGet();
        running.lock();
        try {
            if (answered < ticket) {
                answered = asked.get();
                last = run();
            }
            return last;
        } finally {
            running.unlock();
        }
    }

    private Report run() {
        store.snapshotters().openAll();
        var sweep = store.database().write(session -> Sweep.run(store, session));
        sweep.blobs().forEach(store.doomed()::blob);
        sweep.trees().forEach(tree -> store.doomed().tree(tree.snapshotter(), tree.id()));
        sweep.gone().forEach(gone -> collected.accept(gone.namespace(), gone.event()));
        sweep.ingests().forEach(ingest -> attempt(() -> SqlContent.discard(store, ingest)));
        sweep.nextExpiry().ifPresent(store.schedule()::by);
        return new Report(sweep.removed(), removeBlobs(), removeTrees());
    }

    private int removeBlobs() {
        var removed = 0;
        for (var digest : store.doomed().blobs()) {
            if (attempt(() -> removeUnlessKept(digest))) {
                removed++;
            }
        }
        return removed;
    }

    private void removeUnlessKept(Digest digest) {
        try (var _ = store.blobLocks().lock(digest)) {
            // Forgotten first: whoever deletes the last record from now on puts it back.
            store.doomed().forget(digest);
            var name = digest.toString();
            var isKept = store.database()
                    .read(session -> session.exists("SELECT 1 FROM content WHERE digest = ? LIMIT 1", name)
                            || session.exists("SELECT 1 FROM ingests WHERE shared = 1 AND expected = ? LIMIT 1", name));
            if (!isKept) {
                store.blobs().remove(digest);
            }
        } catch (EngineException e) {
            store.doomed().blob(digest);
            throw e;
        }
    }

    private int removeTrees() {
        var removed = 0;
        for (var tree : store.doomed().trees()) {
            if (attempt(() -> {
                store.snapshotters().get(tree.snapshotter()).remove(tree.id());
                store.doomed().forget(tree);
            })) {
                removed++;
            }
        }
        return removed;
    }

    /// What cannot be removed now is tried again by the next collection.
    private static boolean attempt(Runnable removal) {
        try {
            removal.run();
            return true;
        } catch (EngineException e) {
            LOG.log(System.Logger.Level.WARNING, "garbage collection: a file stays until the next one", e);
            return false;
        }
    }
}
