package dev.coracle.metadata;

import dev.coracle.base.EngineException.Unavailable;
import dev.coracle.core.content.IngestStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/// The references that have a writer now: at most one each. What is being written is a root of
/// the garbage collector, whatever leases say.
final class OpenIngests {
    record Key(String namespace, String ref) {}

    private static final class Entry {
        final Instant since;
        volatile Optional<Supplier<IngestStatus>> status = Optional.empty();

        Entry(Instant since) {
            this.since = since;
        }
    }

    private final ConcurrentHashMap<Key, Entry> entries = new ConcurrentHashMap<>();

    /// Takes the reference.
    ///
    /// @throws Unavailable when it has a writer; clients try again
    void claim(Key key, Instant now) {
        var holder = entries.putIfAbsent(key, new Entry(now));
        if (holder != null) {
            var seconds = Duration.between(holder.since, now).toMillis() / 1000.0;
            throw new Unavailable("ref " + key.ref() + " locked for " + seconds + "s (since " + holder.since + ")");
        }
    }

    /// Says who answers for the status from now on.
    void answers(Key key, Supplier<IngestStatus> status) {
        var entry = entries.get(key);
        if (entry != null) {
            entry.status = Optional.of(status);
        }
    }

    void release(Key key) {
        entries.remove(key);
    }

    boolean isOpen(Key key) {
        return entries.containsKey(key);
    }

    /// The writer's own word, when there is a writer.
    Optional<IngestStatus> status(Key key) {
        var entry = entries.get(key);
        return entry == null ? Optional.empty() : entry.status.map(Supplier::get);
    }
}
