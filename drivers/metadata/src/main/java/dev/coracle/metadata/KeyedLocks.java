package dev.coracle.metadata;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/// A lock per key, there while somebody wants it.
final class KeyedLocks {
    private static final class Entry {
        final ReentrantLock lock = new ReentrantLock();
        int wanted;
    }

    /// Held by a try block.
    interface Held extends AutoCloseable {
        @Override
        void close();
    }

    private final Map<Object, Entry> entries = new HashMap<>();

    Held lock(Object key) {
        Entry entry;
        synchronized (entries) {
            entry = entries.computeIfAbsent(key, _ -> new Entry());
            entry.wanted++;
        }
        entry.lock.lock();
        return () -> {
            entry.lock.unlock();
            synchronized (entries) {
                if (--entry.wanted == 0) {
                    entries.remove(key);
                }
            }
        };
    }
}
