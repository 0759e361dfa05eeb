package dev.coracle.runtime;

import dev.coracle.base.EngineException.NotFound;
import dev.coracle.core.tasks.Exit;
import dev.coracle.core.tasks.ProcessState;
import dev.coracle.core.tasks.TaskRuntime.ProcessKey;
import dev.coracle.core.tasks.TaskStatus;
import dev.coracle.linux.Fd;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// One process of a task: what is known about it and who waits for it. Its record on disk follows every change.
final class TaskProcess {
    private final ProcessKey key;
    private final Path directory;
    private final CountDownLatch over = new CountDownLatch(1);
    private ProcessRecord record;
    private boolean watched;
    private Optional<Exit> exit = Optional.empty();
    private Optional<Consoles.Console> console = Optional.empty();
    private Optional<Fd> stdinHold = Optional.empty();

    TaskProcess(ProcessKey key, Path directory, ProcessRecord record) {
        this.key = key;
        this.directory = directory;
        this.record = record;
    }

    ProcessKey key() {
        return key;
    }

    Path directory() {
        return directory;
    }

    boolean isInit() {
        return key.execId().isEmpty();
    }

    synchronized ProcessRecord record() {
        return record;
    }

    synchronized void record(ProcessRecord changed) throws IOException {
        changed.write(directory);
        record = changed;
    }

    synchronized TaskStatus status() {
        if (exit.isPresent()) {
            return TaskStatus.STOPPED;
        }
        return record.started() ? TaskStatus.RUNNING : TaskStatus.CREATED;
    }

    synchronized ProcessState state(Path bundle, boolean paused) {
        var status = status();
        return new ProcessState(
                key.containerId(),
                key.execId(),
                (int) record.pid(),
                paused && status == TaskStatus.RUNNING ? TaskStatus.PAUSED : status,
                record.stdio(),
                exit.map(Exit::status).orElse(0),
                exit.map(Exit::exitedAt).orElse(Instant.EPOCH),
                bundle.toString());
    }

    synchronized Optional<Exit> exit() {
        return exit;
    }

    /// What is held for the client while the process lives.
    synchronized void hold(Optional<Consoles.Console> newConsole, Optional<Fd> newStdinHold) {
        console = newConsole;
        stdinHold = newStdinHold;
    }

    synchronized void closeStdin() {
        stdinHold.ifPresent(Fd::close);
        stdinHold = Optional.empty();
    }

    /// The process has ended; waiters are let go by [#told], after everybody else has heard of it.
    synchronized void ended(Exit how) {
        exit = Optional.of(how);
        closeStdin();
        console.ifPresent(Consoles.Console::end);
    }

    /// From now on somebody waits for the end and will call [#ended] and [#told].
    synchronized void watched() {
        watched = true;
    }

    /// Waits until conmon has gone and all has been told, so that nobody writes into the directory any more.
    void awaitQuiet(Duration limit) throws InterruptedException {
        boolean isComing;
        synchronized (this) {
            isComing = watched;
        }
        if (isComing) {
            await(limit);
        }
    }

    void told() {
        over.countDown();
    }

    /// Lets go of what is held for the client, without touching the process.
    synchronized void detach() {
        closeStdin();
        console.ifPresent(Consoles.Console::close);
        console = Optional.empty();
    }

    /// The process is no more, or never was; waiters learn that there is nothing to wait for. Of one that has ended the
    /// client still gets what it has not read yet.
    void forget() {
        leave();
        over.countDown();
    }

    private synchronized void leave() {
        if (exit.isEmpty()) {
            detach();
            return;
        }
        closeStdin();
        console.ifPresent(Consoles.Console::finish);
        console = Optional.empty();
    }

    Exit await() throws InterruptedException {
        over.await();
        return exit().orElseThrow(this::gone);
    }

    Optional<Exit> await(Duration limit) throws InterruptedException {
        if (!over.await(limit.toNanos(), TimeUnit.NANOSECONDS)) {
            return Optional.empty();
        }
        return Optional.of(exit().orElseThrow(this::gone));
    }

    private NotFound gone() {
        return new NotFound(
                isInit()
                        ? "task " + key.containerId() + " was deleted before it was started"
                        : "process " + key.execId() + " of task " + key.containerId()
                                + " was deleted before it was started");
    }
}
