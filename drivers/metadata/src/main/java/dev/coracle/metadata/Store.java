package dev.coracle.metadata;

import dev.coracle.core.content.BlobFiles;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.random.RandomGenerator;

/// What the parts of the store share.
record Store(
        Database database,
        BlobFiles blobs,
        boolean isolated,
        InstantSource clock,
        RandomGenerator random,
        KeyedLocks blobLocks,
        OpenIngests openIngests,
        Snapshotters snapshotters,
        Doomed doomed,
        Schedule schedule) {
    /// Objects with this label end at the time it says (RFC 3339).
    static final String EXPIRE = "containerd.io/gc.expire";

    Instant now() {
        return clock.instant();
    }

    /// Something was deleted: a collection is due soon.
    void deleted() {
        schedule.soon();
    }

    /// Labels changed, so something may have lost the last reference to it.
    void referencesChanged() {
        schedule.changed();
    }

    /// When the labels say that the object ends, a collection is due then.
    void mayExpire(Map<String, String> labels) {
        Expiry.of(labels).ifPresent(schedule::by);
    }
}
