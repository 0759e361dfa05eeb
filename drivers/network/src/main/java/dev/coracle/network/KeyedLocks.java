package dev.coracle.network;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/// A lock per name, for as long as somebody wants it.
final class KeyedLocks {
    /// Released by closing.
    interface Hold extends AutoCloseable {
        @Override
        void close();
    }

    private static final class Entry {
        private final ReentrantLock lock = new ReentrantLock();
        private int wanted;
    }

    private final ConcurrentHashMap<String, Entry> entries = new ConcurrentHashMap<>();

    Hold hold(String key) {
        var entry = entries.compute(key, (_, found) -> {
            var one = found == null ? new Entry() : found;
            one.wanted++;
            return one;
        });
        entry.lock.lock();
        return () -> {
            entry.lock.unlock();
            entries.computeIfPresent(key, (_, one) -> --one.wanted == 0 ? null : one);
        };
    }
}
