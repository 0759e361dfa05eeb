package dev.coracle.engine.containers;

import dev.coracle.base.EngineException;
import dev.coracle.base.EngineException.FailedPrecondition;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.base.EngineException.Unavailable;
import dev.coracle.core.logs.LogSink;
import dev.coracle.core.tasks.Exit;
import dev.coracle.core.tasks.TaskRuntime.ProcessKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/// The runs of containers: how one starts, what happens at its end, and whether another one
/// follows.
final class Life {
    private static final System.Logger LOG = System.getLogger(Life.class.getName());
    private static final int NOT_FOUND = 127;
    private static final int NOT_PERMITTED = 126;
    private static final int NOT_STARTED = 128;

    private final EngineParts parts;
    private final Shelf shelf;
    private final ContainerMaker maker;
    private final Networking networking;
    private final Runs runs;
    private final Happenings happenings;
    private final HealthChecks health;
    private final LogForwarding forwarding;
    private final Restarts restarts;

    Life(
            EngineParts parts,
            Shelf shelf,
            Folders folders,
            ContainerMaker maker,
            Networking networking,
            Happenings happenings,
            HealthChecks health,
            LogForwarding forwarding) {
        this.parts = parts;
        this.shelf = shelf;
        this.maker = maker;
        this.networking = networking;
        this.runs = new Runs(parts, folders, maker, networking);
        this.happenings = happenings;
        this.health = health;
        this.forwarding = forwarding;
        this.restarts = new Restarts(shelf, parts.clock(), entry -> start(entry, Optional.empty()));
    }

    /// Starts by somebody's wish; nothing happens when it runs.
    void start(Entry entry) {
        entry.lock().lock();
        try {
            if (!entry.isRunning()) {
                start(entry, Optional.empty());
            }
        } finally {
            entry.lock().unlock();
        }
    }

    Attachment start(Entry entry, AttachOptions attach) {
        entry.lock().lock();
        try {
            if (entry.isRunning()) {
                throw new FailedPrecondition(
                        "container " + entry.doc().name() + " is already running, attach to it instead");
            }
            requireAttachable(entry.doc());
            return start(entry, Optional.of(attach)).orElseThrow();
        } finally {
            entry.lock().unlock();
        }
    }

    private static void requireAttachable(ContainerDoc doc) {
        var log = doc.options().log();
        if (LogSettings.of(log).where() == LogSettings.Where.ADDRESS) {
            throw new FailedPrecondition("attach to container " + doc.name() + ": its output goes to " + log.driver()
                            + " and nowhere else")
                    .remedy("start it in the background (run -d)");
        }
    }

    /// With the lock held.
    private Optional<Attached> start(Entry entry, Optional<AttachOptions> attach) {
        requireThere(entry);
        if (restarts.areOver()) {
            throw new Unavailable("start container " + entry.doc().name() + ": the engine is being stopped");
        }
        restarts.cancel(entry);
        var doc = entry.doc();
        var ticket = new Ticket();
        entry.run(ticket);
        var attached = attach.map(options -> new Attached(parts.tasks(), entry.key(), options, ticket));
        var sink = Optional.<LogSink>empty();
        try {
            sink = forwarding.connect(doc);
            runs.begin(entry, attached);
        } catch (EngineException failure) {
            sink.ifPresent(LogSink::close);
            runs.undo(entry, failure);
            shelf.keep(
                    entry,
                    entry.state()
                            .failed(parts.clock().instant(), status(failure), String.valueOf(failure.getMessage())));
            entry.ended();
            throw failure;
        }
        shelf.keep(entry, entry.state().started(parts.clock().instant()));
        entry.paused(false);
        entry.changed();
        happenings.container(doc, "start");
        health.started(entry);
        forwarding.start(entry, sink);
        return attached;
    }

    private static void requireThere(Entry entry) {
        if (entry.isRemoved() || entry.isRemoving()) {
            throw new NotFound("no such container: " + entry.doc().name());
        }
    }

    private static int status(EngineException failure) {
        return switch (failure) {
            case NotFound _ -> NOT_FOUND;
            case EngineException.PermissionDenied _ -> NOT_PERMITTED;
            default -> NOT_STARTED;
        };
    }

    /// Called by the runtime's thread, which must not wait.
    void exited(ProcessKey key, Exit exit) {
        shelf.byId(key.namespace(), key.containerId()).ifPresent(entry -> {
            if (!key.execId().isEmpty()) {
                Optional.ofNullable(entry.execs().get(key.execId())).ifPresent(ticket -> ticket.ended(exit));
                return;
            }
            entry.run().ifPresent(ticket -> ticket.ended(exit));
            Thread.ofVirtual().name("ended-" + key.containerId()).start(() -> ended(entry, exit));
        });
    }

    void outOfMemory(ProcessKey key) {
        shelf.byId(key.namespace(), key.containerId()).ifPresent(entry -> {
            entry.state(entry.state().outOfMemory());
            happenings.container(entry.doc(), "oom");
        });
    }

    /// A run has ended: lets go of what it had, and does what the container's options say.
    void ended(Entry entry, Exit exit) {
        entry.lock().lock();
        try {
            if (!entry.isRunning() || entry.isRemoved()) {
                return;
            }
            health.stopped(entry);
            var doc = entry.doc();
            networking.close(doc);
            var state = (isStoppedByOthers(doc) ? entry.state().asStopped() : entry.state())
                    .ended(exit.exitedAt(), exit.status());
            var isRemoved = doc.options().lifecycle().autoRemove();
            var pause = isRemoved ? Optional.<Duration>empty() : restarts.after(entry, state);
            var kept = pause.isPresent() ? state.awaitingRestart() : state;
            // noted before the task is gone, so that the status cannot be lost with it
            if (isRemoved) {
                entry.state(kept);
            } else {
                shelf.keep(entry, kept);
            }
            runs.removeTask(entry);
            happenings.container(doc, "die", Map.of("exitCode", Integer.toString(exit.status())));
            if (isRemoved) {
                remove(entry, true);
            } else {
                pause.ifPresent(time -> restarts.plan(entry, time, RestartPlan.failures(state)));
            }
            entry.ended();
        } catch (EngineException failure) {
            LOG.log(System.Logger.Level.ERROR, "end of container " + entry.doc().key(), failure);
            entry.state(entry.state().ended(exit.exitedAt(), exit.status()));
            entry.ended();
        } finally {
            entry.lock().unlock();
        }
    }

    /// nerdctl notes in the record that somebody wanted the end.
    private boolean isStoppedByOthers(ContainerDoc doc) {
        try {
            var labels = parts.in(doc.namespace()).containers().get(doc.id()).labels();
            return "true".equals(labels.get(NerdctlLabels.EXPLICITLY_STOPPED));
        } catch (NotFound _) {
            return false;
        }
    }

    /// A run that another client has started is looked after from now on.
    void join(Entry entry) {
        entry.lock().lock();
        try {
            if (!entry.isRunning() && !entry.isRemoved() && runs.find(entry) == Runs.Found.RUNNING) {
                restarts.cancel(entry);
                shelf.keep(entry, entry.state().started(parts.clock().instant()));
                entry.run(new Ticket());
                entry.changed();
                happenings.container(entry.doc(), "start");
                health.started(entry);
                forwarding.start(entry, Optional.empty());
            }
        } finally {
            entry.lock().unlock();
        }
    }

    /// A container whose record another client has deleted is forgotten.
    void leave(Entry entry) {
        entry.lock().lock();
        try {
            if (!entry.isRemoved() && !entry.isRemoving() && !hasRecord(entry.doc())) {
                networking.close(entry.doc());
                remove(entry, entry.doc().options().lifecycle().autoRemove());
            }
        } finally {
            entry.lock().unlock();
        }
    }

    /// Another client has deleted the task of a run that had ended: it is about to delete the
    /// container, as a rule, and must not meet the next run.
    void taken(Entry entry, Exit exit) {
        entry.taken(exit.exitedAt());
        entry.lock().lock();
        try {
            if (entry.isTaken(entry.state()) && entry.state().restarting()) {
                restarts.cancel(entry);
                restarts.follow(entry, entry.state());
            }
        } finally {
            entry.lock().unlock();
        }
    }

    /// How the last run ended, of a container that has run and does not and whose task nobody has
    /// deleted yet.
    Optional<EndedRun> endedRun(Entry entry) {
        var state = entry.state();
        return entry.isRunning() || entry.isRemoved() || entry.isTaken(state)
                ? Optional.empty()
                : Optional.of(new EndedRun(entry.id(), new Exit(0, state.exitCode(), state.finishedAt())));
    }

    /// With the lock held: no run follows any more.
    void cancelRestart(Entry entry) {
        restarts.cancel(entry);
    }

    /// From now on nothing is started any more.
    void end() {
        restarts.end();
    }

    /// Removes a container that does not run. With the lock held.
    void remove(Entry entry, boolean volumes) {
        entry.removing(true);
        restarts.cancel(entry);
        var doc = entry.doc();
        runs.removeTask(entry);
        try {
            parts.in(doc.namespace()).containers().delete(doc.id());
        } catch (NotFound _) {
            // another client has removed the record
        }
        if (!volumes) {
            happenings.disownVolumes(doc);
        }
        forwarding.finish(entry);
        maker.forget(entry);
        if (volumes) {
            happenings.anonymousVolumes(doc);
        }
        entry.removed();
        happenings.container(doc, "destroy");
    }

    /// What an earlier daemon left: see [dev.coracle.engine.Engine#recover].
    void recover(Entry entry) {
        entry.lock().lock();
        try {
            var doc = entry.doc();
            if (!hasRecord(doc)) {
                runs.removeTask(entry);
                networking.close(doc);
                maker.forget(entry);
                entry.removed();
                return;
            }
            adopt(entry);
        } finally {
            entry.lock().unlock();
        }
    }

    private boolean hasRecord(ContainerDoc doc) {
        try {
            parts.in(doc.namespace()).containers().get(doc.id());
            return true;
        } catch (NotFound _) {
            return false;
        }
    }

    private void adopt(Entry entry) {
        var task = runs.find(entry);
        if (task != Runs.Found.RUNNING) {
            // the last lines of a run that ended meanwhile
            forwarding.recover(entry);
        }
        switch (task) {
            case RUNNING -> {
                if (!entry.isRunning()) {
                    // started, and killed before that was noted
                    shelf.keep(entry, entry.state().started(parts.clock().instant()));
                }
                entry.run(new Ticket());
                health.started(entry);
                forwarding.recover(entry);
            }
            case ENDED -> {
                var exit = runs.exit(entry);
                if (!entry.isRunning() && !exit.exitedAt().isAfter(entry.state().finishedAt())) {
                    // noted, and killed before the task was gone
                    networking.close(entry.doc());
                    runs.removeTask(entry);
                } else {
                    if (!entry.isRunning()) {
                        entry.state(entry.state().started(parts.clock().instant()));
                    }
                    ended(entry, exit);
                }
            }
            case NONE -> {
                if (entry.isRunning()) {
                    // the machine was switched off
                    ended(entry, new Exit(0, 255, parts.clock().instant()));
                } else {
                    networking.close(entry.doc());
                    runs.removeTask(entry);
                }
            }
        }
        if (!entry.isRemoved() && !entry.isRunning()) {
            restarts.atStart(entry);
        }
    }

    Instant now() {
        return parts.clock().instant();
    }
}
