package dev.coracle.engine.containers;

import dev.coracle.core.tasks.TaskRuntime.ProcessKey;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// A container in memory: what is kept of it, and who works on it and waits for it. The lock is held for what changes
/// it (start, end, removal), never while somebody waits for its process.
final class Entry {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<String, Ticket> execs = new ConcurrentHashMap<>();
    private volatile ContainerDoc doc;
    private volatile RunState state;
    private volatile ContainerState.Health health = ContainerState.Health.NONE;
    private volatile boolean removed;
    private volatile boolean removing;
    private volatile boolean paused;
    private volatile Optional<Ticket> run = Optional.empty();
    private volatile Optional<Thread> restart = Optional.empty();
    private volatile Instant taken = Instant.EPOCH;
    private long ends;

    Entry(ContainerDoc doc, RunState state) {
        this.doc = doc;
        this.state = state;
    }

    ReentrantLock lock() {
        return lock;
    }

    ContainerDoc doc() {
        return doc;
    }

    void doc(ContainerDoc newDoc) {
        doc = newDoc;
    }

    RunState state() {
        return state;
    }

    void state(RunState newState) {
        state = newState;
    }

    ContainerState.Health health() {
        return health;
    }

    void health(ContainerState.Health newHealth) {
        health = newHealth;
    }

    String id() {
        return doc.id();
    }

    ProcessKey key() {
        return ProcessKey.init(doc.namespace(), doc.id());
    }

    boolean isRunning() {
        return state.running();
    }

    boolean isPaused() {
        return paused;
    }

    void paused(boolean isPaused) {
        paused = isPaused;
    }

    boolean isRemoved() {
        return removed;
    }

    boolean isRemoving() {
        return removing;
    }

    void removing(boolean isRemoving) {
        removing = isRemoving;
    }

    Map<String, Ticket> execs() {
        return execs;
    }

    Optional<Ticket> run() {
        return run;
    }

    void run(Ticket ticket) {
        run = Optional.of(ticket);
    }

    Optional<Thread> restart() {
        return restart;
    }

    void restart(Optional<Thread> waiting) {
        restart = waiting;
    }

    /// Whether another client has deleted the task of the run that ended so; also true of one that has never run.
    boolean isTaken(RunState endedRun) {
        return taken.equals(endedRun.finishedAt());
    }

    void taken(Instant endOfRun) {
        taken = endOfRun;
    }

    /// With the lock held: somebody may be waiting for this.
    void changed() {
        changed.signalAll();
    }

    void ended() {
        ends++;
        changed.signalAll();
    }

    void removed() {
        removed = true;
        changed.signalAll();
    }

    void await(Containers.WaitFor wanted) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            var before = ends;
            while (!isReached(wanted, before)) {
                changed.await();
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean isReached(Containers.WaitFor wanted, long before) {
        return removed
                || switch (wanted) {
                    case NOT_RUNNING -> !state.running() && !state.restarting();
                    case NEXT_EXIT -> ends > before;
                    case REMOVED -> false;
                };
    }
}
