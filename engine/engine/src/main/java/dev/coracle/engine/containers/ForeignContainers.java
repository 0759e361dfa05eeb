package dev.coracle.engine.containers;

import dev.coracle.base.EngineException.Conflict;
import dev.coracle.base.EngineException.FailedPrecondition;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.core.containers.Container;
import dev.coracle.core.tasks.TaskRuntime.ProcessKey;
import dev.coracle.core.tasks.TaskStatus;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Containers that other clients of the daemon have made: what can be done to them by their records and tasks alone.
final class ForeignContainers {
    private static final Duration GRACE = Duration.ofSeconds(10);

    private final EngineParts parts;
    private final Shelf shelf;
    private final String namespace;

    ForeignContainers(EngineParts parts, Shelf shelf, String namespace) {
        this.parts = parts;
        this.shelf = shelf;
        this.namespace = namespace;
    }

    List<Container> all() {
        return parts.in(namespace).containers().list(List.of()).stream()
                .filter(container -> shelf.byId(namespace, container.id()).isEmpty())
                .toList();
    }

    /// By id or by nerdctl's name; ours come first, so none of those.
    Optional<Container> find(String container) {
        try {
            shelf.find(namespace, container);
            return Optional.empty();
        } catch (NotFound none) {
            return all().stream()
                    .filter(each -> each.id().equals(container)
                            || container.equals(each.labels().get(NerdctlLabels.NAME)))
                    .findFirst();
        }
    }

    private ProcessKey key(Container container) {
        return ProcessKey.init(namespace, container.id());
    }

    private boolean isRunning(Container container) {
        try {
            return parts.tasks().state(key(container)).status() != TaskStatus.STOPPED;
        } catch (NotFound none) {
            return false;
        }
    }

    void kill(Container container, int signal) {
        try {
            parts.tasks().kill(key(container), signal, false);
        } catch (NotFound ended) {
            throw new FailedPrecondition("container " + container.id() + " is not running", ended);
        }
    }

    /// Nothing happens when it does not run.
    void stop(Container container, StopOptions options) throws InterruptedException {
        if (!isRunning(container)) {
            return;
        }
        var signal = Signals.number(options.signal().isEmpty() ? "TERM" : options.signal());
        var time = options.timeout().isNegative() ? GRACE : options.timeout();
        try {
            parts.tasks().kill(key(container), signal, false);
            if (signal != Signals.KILL
                    && parts.tasks().await(key(container), time).isEmpty()) {
                parts.tasks().kill(key(container), Signals.KILL, false);
            }
            parts.tasks().await(key(container));
        } catch (NotFound ended) {
            // as wished
        }
    }

    int await(Container container) throws InterruptedException {
        try {
            return parts.tasks().await(key(container)).status();
        } catch (NotFound ended) {
            return 0;
        }
    }

    /// Its task, its record and its snapshot.
    void remove(Container container, RemoveOptions options) throws InterruptedException {
        if (container.labels().containsKey(NerdctlLabels.STATE_DIR)) {
            throw new FailedPrecondition("container " + container.id()
                            + " was made by another nerdctl, which keeps files" + " about it")
                    .remedy("remove it with that nerdctl");
        }
        if (isRunning(container)) {
            if (!options.force()) {
                throw new Conflict("container " + container.id() + " is running")
                        .remedy("stop it first, or remove it with -f");
            }
            stop(container, new StopOptions("KILL", Duration.ZERO));
        }
        try {
            parts.tasks().delete(key(container));
        } catch (NotFound none) {
            // it had no task
        }
        parts.in(namespace).containers().delete(container.id());
        if (!container.snapshotKey().isEmpty()) {
            try {
                parts.in(namespace).snapshotter(container.snapshotter()).remove(container.snapshotKey());
            } catch (NotFound none) {
                // its client has removed it
            }
        }
    }
}
