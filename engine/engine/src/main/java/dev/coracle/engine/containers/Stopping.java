package dev.coracle.engine.containers;

import dev.coracle.base.EngineException;
import dev.coracle.base.EngineException.FailedPrecondition;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.base.TaskGroup;
import dev.coracle.core.tasks.TaskRuntime.ProcessKey;
import java.util.Map;

/// Ends containers by somebody's wish, which their policy honours.
final class Stopping {
    private static final System.Logger LOG = System.getLogger(Stopping.class.getName());

    private final EngineParts parts;
    private final Shelf shelf;
    private final Life life;
    private final Happenings happenings;

    Stopping(EngineParts parts, Shelf shelf, Life life, Happenings happenings) {
        this.parts = parts;
        this.shelf = shelf;
        this.life = life;
        this.happenings = happenings;
    }

    /// Asks it to end, and after the time kills it; returns when it has ended. Nothing happens when it does not run.
    void stop(Entry entry, StopOptions options) throws InterruptedException {
        if (noteStop(entry)) {
            end(entry, options);
        }
    }

    /// Ends all that run, each in its own way; to their policies nobody has stopped them.
    void endAll() throws InterruptedException {
        try (var group = new TaskGroup()) {
            for (var entry : shelf.all()) {
                group.fork(() -> {
                    endOrSayWhy(entry);
                    return entry;
                });
            }
            group.join();
        } catch (InterruptedException | RuntimeException failure) {
            throw failure;
        } catch (Exception failure) {
            throw new IllegalStateException(failure);
        }
    }

    /// The lock is held by a start that is under way.
    private static boolean runsNow(Entry entry) {
        entry.lock().lock();
        try {
            return entry.isRunning();
        } finally {
            entry.lock().unlock();
        }
    }

    private void endOrSayWhy(Entry entry) throws InterruptedException {
        if (!runsNow(entry)) {
            return;
        }
        try {
            end(entry, StopOptions.DEFAULT);
        } catch (EngineException failure) {
            LOG.log(System.Logger.Level.WARNING, "end container " + entry.doc().key() + ": " + failure.message());
        }
    }

    private void end(Entry entry, StopOptions options) throws InterruptedException {
        var config = entry.doc().config();
        var signal = Signals.number(options.signal().isEmpty() ? config.stopSignal() : options.signal());
        var timeout = options.timeout().isNegative() ? config.stopTimeout() : options.timeout();
        resume(entry);
        send(entry, signal);
        if (signal == Signals.KILL || ended(entry, timeout)) {
            entry.await(Containers.WaitFor.NOT_RUNNING);
        } else {
            send(entry, Signals.KILL);
            entry.await(Containers.WaitFor.NOT_RUNNING);
        }
        happenings.container(entry.doc(), "stop");
    }

    private boolean ended(Entry entry, java.time.Duration timeout) throws InterruptedException {
        try {
            return parts.tasks().await(entry.key(), timeout).isPresent();
        } catch (NotFound gone) {
            return true;
        }
    }

    /// Whether it runs.
    private boolean noteStop(Entry entry) {
        entry.lock().lock();
        try {
            life.cancelRestart(entry);
            if (!entry.isRemoved()) {
                shelf.keep(entry, entry.state().asStopped());
            }
            entry.changed();
            return entry.isRunning();
        } finally {
            entry.lock().unlock();
        }
    }

    private void resume(Entry entry) {
        if (entry.isPaused()) {
            parts.tasks().resume(entry.doc().namespace(), entry.id());
            entry.paused(false);
        }
    }

    private void send(Entry entry, int signal) {
        try {
            parts.tasks().kill(entry.key(), signal, false);
        } catch (NotFound _) {
            // it has ended meanwhile
        }
        happenings.container(entry.doc(), "kill", Map.of("signal", Integer.toString(signal)));
    }

    void kill(Entry entry, String signal) {
        var number = Signals.number(signal);
        if (!entry.isRunning()) {
            throw new FailedPrecondition("container " + entry.doc().name() + " is not running");
        }
        if (number == Signals.KILL
                || number == Signals.number(entry.doc().config().stopSignal())) {
            noteStop(entry);
        }
        if (number == Signals.KILL) {
            resume(entry);
        }
        ProcessKey key = entry.key();
        try {
            parts.tasks().kill(key, number, false);
        } catch (NotFound ended) {
            throw new FailedPrecondition("container " + entry.doc().name() + " is not running", ended);
        }
        happenings.container(entry.doc(), "kill", Map.of("signal", Integer.toString(number)));
    }
}
