package dev.coracle.engine.containers;

import dev.coracle.base.EngineException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/// Whether a run follows the last one, and when: what comes of the restart policies of containers
/// ([RestartPlan] knows the rules). Every method but those about the end is called with the
/// container's lock held.
final class Restarts {
    private static final System.Logger LOG = System.getLogger(Restarts.class.getName());

    /// Begins a run of a container whose lock is held.
    @FunctionalInterface
    interface Start {
        void start(Entry entry);
    }

    private final Shelf shelf;
    private final InstantSource clock;
    private final Start start;
    private volatile boolean over;

    Restarts(Shelf shelf, InstantSource clock, Start start) {
        this.shelf = shelf;
        this.clock = clock;
        this.start = start;
    }

    /// After what time its policy wants the next run; not while the engine ends.
    Optional<Duration> after(Entry entry, RunState state) {
        return over
                ? Optional.empty()
                : RestartPlan.after(entry.doc().options().lifecycle().restart(), state)
                        .map(pause -> entry.isTaken(state) ? RestartPlan.whenTaken(pause) : pause);
    }

    /// Keeps the state, and plans the next run when the policy wants one.
    void follow(Entry entry, RunState state) {
        var pause = after(entry, state);
        shelf.keep(entry, pause.isPresent() ? state.awaitingRestart() : state);
        pause.ifPresent(time -> plan(entry, time, RestartPlan.failures(state)));
    }

    /// The next run begins after the pause, unless it is cancelled.
    void plan(Entry entry, Duration pause, int failures) {
        entry.restart(Optional.of(Thread.ofVirtual()
                .name("restart-" + entry.id())
                .start(() -> {
                    try {
                        Thread.sleep(pause);
                        restart(entry, failures);
                    } catch (InterruptedException _) {
                        // somebody wants something else
                    }
                })));
    }

    private void restart(Entry entry, int failures) throws InterruptedException {
        entry.lock().lockInterruptibly();
        try {
            if (over || entry.isRemoved() || entry.isRunning() || !entry.state().restarting()) {
                return;
            }
            entry.restart(Optional.empty());
            entry.state(entry.state().restarted(entry.state().restarts() + 1, failures));
            start.start(entry);
        } catch (EngineException failure) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "restart container " + entry.doc().key() + ": " + failure.getMessage());
            var at = clock.instant();
            var state = entry.state();
            follow(
                    entry,
                    new RunState(
                            false,
                            state.stopped(),
                            false,
                            at,
                            at,
                            state.exitCode(),
                            state.error(),
                            state.oomKilled(),
                            state.restarts(),
                            failures));
        } finally {
            entry.lock().unlock();
        }
    }

    /// No run follows any more.
    void cancel(Entry entry) {
        entry.restart().ifPresent(thread -> {
            if (!thread.equals(Thread.currentThread())) {
                thread.interrupt();
            }
        });
        entry.restart(Optional.empty());
    }

    /// Policies at the daemon's start, of a container that does not run.
    void atStart(Entry entry) {
        if (RestartPlan.atStart(entry.doc().options().lifecycle().restart(), entry.state())
                && entry.restart().isEmpty()) {
            shelf.keep(entry, entry.state().awaitingRestart());
            plan(entry, Duration.ZERO, 0);
        } else if (entry.state().restarting() && entry.restart().isEmpty()) {
            follow(entry, entry.state());
        }
    }

    /// From now on no container is started any more.
    void end() {
        over = true;
    }

    boolean areOver() {
        return over;
    }
}
