package dev.coracle.metadata;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// When collections run by themselves: soon after a deletion, several of which are served
/// together, after many changes of labels, and when something expires; all of it at the pace that
/// was asked for.
final class Schedule implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Schedule.class.getName());
    private static final Duration COALESCE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
    private static final Duration FAR = Duration.ofDays(1);
    private static final Duration END = Duration.ofSeconds(5);

    private final InstantSource clock;
    private final ThreadFactory threads;
    private final CollectionPace pace;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition wake = lock.newCondition();
    private long dueNanos = Long.MAX_VALUE;
    private long notBeforeNanos;
    private long deletions;
    private long changes;
    private boolean closed;
    private @Nullable Thread thread;

    Schedule(InstantSource clock, ThreadFactory threads, CollectionPace pace) {
        this.clock = clock;
        this.threads = threads;
        this.pace = pace;
        this.notBeforeNanos = System.nanoTime();
    }

    /// Starts the thread; the first run looks at what an earlier daemon left.
    void start(Runnable collection) {
        dueIn(pace.start());
        var started = threads.newThread(() -> run(collection));
        thread = started;
        started.start();
    }

    /// Something was deleted.
    void soon() {
        lock.lock();
        try {
            dueIn(++deletions >= pace.deletions() ? soonest() : LONGEST_PAUSE);
        } finally {
            lock.unlock();
        }
    }

    private Duration soonest() {
        return COALESCE.compareTo(pace.delay()) > 0 ? COALESCE : pace.delay();
    }

    /// Something may have lost a reference; a run is due when that happened often.
    void changed() {
        lock.lock();
        try {
            if (++changes >= pace.changes() && pace.changes() > 0) {
                dueIn(soonest());
            }
        } finally {
            lock.unlock();
        }
    }

    /// A run is wanted at that time.
    void by(Instant time) {
        var wait = Duration.between(clock.instant(), time);
        if (wait.isNegative()) {
            dueIn(soonest());
        } else {
            dueIn(wait.compareTo(FAR) > 0 ? FAR : wait.plus(COALESCE));
        }
    }

    private void dueIn(Duration wait) {
        lock.lock();
        try {
            var due = System.nanoTime() + wait.toNanos();
            if (dueNanos == Long.MAX_VALUE || due - dueNanos < 0) {
                dueNanos = due;
                wake.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    private void run(Runnable collection) {
        try {
            while (awaitDue()) {
                var begin = System.nanoTime();
                try {
                    collection.run();
                } catch (RuntimeException e) {
                    LOG.log(System.Logger.Level.WARNING, "garbage collection failed", e);
                }
                rest(System.nanoTime() - begin);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void rest(long worked) {
        lock.lock();
        try {
            notBeforeNanos = System.nanoTime()
                    + pace.restAfter(Duration.ofNanos(worked), LONGEST_PAUSE).toNanos();
        } finally {
            lock.unlock();
        }
    }

    /// Waits until a run is due; false when the schedule was closed.
    private boolean awaitDue() throws InterruptedException {
        lock.lock();
        try {
            while (!closed) {
                if (dueNanos == Long.MAX_VALUE) {
                    wake.await();
                    continue;
                }
                var now = System.nanoTime();
                var wait = Math.max(dueNanos - now, notBeforeNanos - now);
                if (wait <= 0) {
                    dueNanos = Long.MAX_VALUE;
                    changes = 0;
                    deletions = 0;
                    return true;
                }
                wake.awaitNanos(wait);
            }
            return false;
        } finally {
            lock.unlock();
        }
    }

    /// Ends the thread and waits for a collection that is under way.
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            wake.signalAll();
        } finally {
            lock.unlock();
        }
        var running = thread;
        if (running != null && running != Thread.currentThread()) {
            try {
                if (!running.join(END)) {
                    LOG.log(System.Logger.Level.WARNING, "garbage collection is still running after " + END);
                }
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
