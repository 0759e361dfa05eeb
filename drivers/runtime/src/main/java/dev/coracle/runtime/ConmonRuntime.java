package dev.coracle.runtime;

import dev.coracle.base.EngineException.AlreadyExists;
import dev.coracle.base.EngineException.FailedPrecondition;
import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.base.EngineException.Unknown;
import dev.coracle.base.Identifiers;
import dev.coracle.core.mounts.Mounter;
import dev.coracle.core.tasks.CreateTask;
import dev.coracle.core.tasks.Exit;
import dev.coracle.core.tasks.OutputListener;
import dev.coracle.core.tasks.ProcessState;
import dev.coracle.core.tasks.Stdio;
import dev.coracle.core.tasks.TaskConnection;
import dev.coracle.core.tasks.TaskRuntime;
import dev.coracle.core.tasks.TaskStatus;
import dev.coracle.core.types.TypedBytes;
import dev.coracle.linux.Poller;
import dev.coracle.processes.Spawner;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;

/// The runtime `io.containerd.runc.v2`: a conmon per process holds its stdio and learns its exit status, crun or runc
/// makes the container. Nothing a container needs lives in this object, so it can be killed at any time.
///
/// The listener is called on the thread that waits for all processes and must not block it.
public final class ConmonRuntime implements TaskRuntime {
    /// The name containers ask for this runtime by.
    public static final String NAME = "io.containerd.runc.v2";

    private final Poller poller;
    private final InstantSource clock;
    private final Bundles bundles;
    private final Cgroups cgroups;
    private final OciRuntime oci;
    private final ExitWatch exits;
    private final Consoles consoles;
    private final ProcessStart starts;
    private final Creation creation;
    private final Signals signals;
    private final Map<String, Task> tasks = new ConcurrentHashMap<>();

    private ConmonRuntime(
            RuntimeSettings settings, Spawner spawner, Poller poller, Mounter mounter, InstantSource clock)
            throws IOException {
        this.poller = poller;
        this.clock = clock;
        bundles = new Bundles(settings.state(), settings.root());
        cgroups = new Cgroups();
        signals = new Signals(cgroups);
        oci = new OciRuntime(spawner, settings.environment());
        exits = new ExitWatch(poller, clock);
        consoles = new Consoles(poller);
        var programs = new Programs(settings, oci);
        var conmon = new Conmon(spawner, poller, programs, settings.environment());
        starts = new ProcessStart(spawner, programs, conmon, consoles, exits, signals::ended);
        creation = new Creation(bundles, programs, mounter, cgroups, oci, starts);
    }

    /// Nothing on disk is touched before [#recover].
    public static ConmonRuntime open(RuntimeSettings settings, Spawner spawner, Mounter mounter, InstantSource clock)
            throws IOException {
        return new ConmonRuntime(settings, spawner, Poller.start("runtime"), mounter, clock);
    }

    @Override
    public void recover(ExitListener listener) {
        exits.tell(listener);
        try {
            cgroups.prepare();
            new Recovery(bundles, creation, starts, oci).run(task -> tasks.put(name(task), task));
            // what had already ended is told on the poller's thread
            catchUp();
        } catch (IOException failure) {
            throw new Unknown("look for tasks: " + failure.getMessage(), failure);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new Unknown("look for tasks: interrupted", stop);
        }
    }

    /// Waits until the poller's thread has done what it was given so far.
    private void catchUp() throws InterruptedException {
        var caughtUp = new CountDownLatch(1);
        poller.execute(caughtUp::countDown);
        caughtUp.await();
    }

    private static String name(Task task) {
        return name(task.namespace(), task.id());
    }

    /// Neither part can hold a slash.
    private static String name(String namespace, String containerId) {
        return namespace + "/" + containerId;
    }

    private Task task(String namespace, String containerId) {
        var task = tasks.get(name(namespace, containerId));
        if (task == null || !task.record().complete()) {
            throw new NotFound("task " + containerId + " not found");
        }
        return task;
    }

    private Task task(ProcessKey key) {
        return task(key.namespace(), key.containerId());
    }

    private TaskProcess process(ProcessKey key) {
        return task(key).process(key.execId());
    }

    @Override
    public ProcessState create(String namespace, CreateTask request) {
        if (!request.runtime().isEmpty() && !request.runtime().equals(NAME)) {
            throw new InvalidArgument("runtime " + request.runtime() + " is not " + NAME);
        }
        var spec = ContainerSpec.parse(request.spec());
        var options = RuncOptions.parse(request.options());
        var task = creation.plan(namespace, request, spec, options);
        if (tasks.putIfAbsent(name(task), task) != null) {
            throw new AlreadyExists("task " + task.id() + " already exists");
        }
        var made = false;
        task.lock().lock();
        try {
            creation.make(task, request, spec, options);
            made = true;
            return task.state(task.init());
        } finally {
            task.lock().unlock();
            if (!made) {
                tasks.remove(name(task), task);
            }
        }
    }

    @Override
    public ProcessState start(ProcessKey key) {
        return start(key, () -> {});
    }

    @Override
    public TaskConnection start(ProcessKey key, OutputListener listener) {
        var process = process(key);
        requireAttachable(process);
        var connection = new AtomicReference<AttachedClient>();
        var started = false;
        try {
            start(key, () -> connection.set(AttachedClient.open(process, listener)));
            started = true;
        } finally {
            var opened = connection.get();
            if (!started && opened != null) {
                opened.close();
            }
        }
        return Objects.requireNonNull(connection.get());
    }

    @Override
    public TaskConnection attach(ProcessKey key, OutputListener listener) {
        var process = process(key);
        requireAttachable(process);
        return io("attach to " + words(key), () -> AttachedClient.open(process, listener));
    }

    private static void requireAttachable(TaskProcess process) {
        if (!StdioTarget.isAttachable(process.record().stdio())) {
            throw new FailedPrecondition(
                    "attach to " + words(process.key()) + ": it reads and writes what its client gave it");
        }
    }

    @Override
    public void reopenLog(ProcessKey key) {
        var process = process(key);
        io("reopen the log of " + words(key), () -> {
            ConmonControl.reopenLog(process.directory());
            return true;
        });
    }

    private ProcessState start(ProcessKey key, Conmon.BeforeExec first) {
        var task = task(key);
        var process = task.process(key.execId());
        if (!process.isInit() && task.init().status() == TaskStatus.STOPPED) {
            throw new FailedPrecondition("start " + words(key) + ": the task is not running");
        }
        return locked(task, "start", () -> {
            if (process.status() != TaskStatus.CREATED) {
                throw new FailedPrecondition("start " + words(key) + ": it is "
                        + process.status().name().toLowerCase(java.util.Locale.ROOT));
            }
            if (process.isInit()) {
                first.run();
                oci.run(starts.place(task, process), "start", List.of(), task.id());
                process.record(process.record().withStarted());
            } else {
                if (task.init().status() != TaskStatus.RUNNING) {
                    throw new FailedPrecondition("start " + words(key) + ": the task is not running");
                }
                startAdded(task, process, first);
            }
            return task.state(process);
        });
    }

    private void startAdded(Task task, TaskProcess process, Conmon.BeforeExec first) throws IOException {
        task.starting().incrementAndGet();
        try {
            var document = process.directory().resolve("process.json").toString();
            starts.start(task, process, document, List.of(), first);
        } finally {
            task.starting().decrementAndGet();
        }
    }

    @Override
    public void exec(ProcessKey key, TypedBytes spec, Stdio stdio) {
        Identifiers.require("exec id", key.execId());
        var task = task(key);
        // without the task's lock: one process that takes its time to start must not keep others from being added.
        // While one is being started, what is added to a task that has just ended is taken, and its start fails
        if (task.init().status() == TaskStatus.STOPPED && task.starting().get() == 0) {
            throw new FailedPrecondition("add " + words(key) + ": the task has ended");
        }
        io("add process", () -> {
            var directory = task.directoryOf(key.execId());
            var process = new TaskProcess(key, directory, ProcessRecord.planned(stdio));
            try {
                makeExecs(task);
                Files.createDirectory(directory);
            } catch (FileAlreadyExistsException taken) {
                throw new AlreadyExists(words(key) + " already exists", taken);
            } catch (NoSuchFileException deleted) {
                throw new NotFound("task " + key.containerId() + " not found", deleted);
            }
            Files.write(directory.resolve("process.json"), ContainerSpec.process(spec, stdio.terminal()));
            Files.createSymbolicLink(
                    directory.resolve("config.json"), task.bundle().resolve("config.json"));
            process.record(process.record());
            task.added().put(key.execId(), process);
            return true;
        });
    }

    /// Never the bundle along with it: that may just have been deleted.
    private static void makeExecs(Task task) throws IOException {
        try {
            Files.createDirectory(task.execs());
        } catch (FileAlreadyExistsException _) {
            // made for an earlier one
        }
    }

    @Override
    public ProcessState state(ProcessKey key) {
        var task = task(key);
        return task.state(task.process(key.execId()));
    }

    @Override
    public List<ProcessState> list(String namespace) {
        return tasks.values().stream()
                .filter(task ->
                        task.namespace().equals(namespace) && task.record().complete())
                .map(task -> task.state(task.init()))
                .toList();
    }

    @Override
    public Exit await(ProcessKey key) throws InterruptedException {
        return process(key).await();
    }

    @Override
    public Optional<Exit> await(ProcessKey key, Duration limit) throws InterruptedException {
        return process(key).await(limit);
    }

    @Override
    public void kill(ProcessKey key, int signal, boolean all) {
        var task = task(key);
        var process = task.process(key.execId());
        var reached = io("send signal " + signal + " to " + words(key), () -> {
            var toAll = all && process.isInit();
            return toAll ? signals.sendAll(task, signal) : signals.send(process, signal);
        });
        if (!reached) {
            throw new NotFound("process already finished");
        }
    }

    @Override
    public Exit delete(ProcessKey key) {
        var task = task(key);
        var process = task.process(key.execId());
        return locked(task, "delete", () -> {
            requireDeletable(process);
            if (process.isInit()) {
                creation.remove(task);
                tasks.remove(name(task), task);
                return process.exit().orElseGet(ConmonRuntime::neverStarted);
            }
            process.forget();
            task.added().remove(key.execId());
            Bundles.removeTree(process.directory());
            return process.exit().orElseGet(ConmonRuntime::neverStarted);
        });
    }

    private static void requireDeletable(TaskProcess process) throws InterruptedException {
        switch (process.status()) {
            case RUNNING, PAUSED, PAUSING, UNKNOWN ->
                throw new FailedPrecondition("delete " + words(process.key()) + ": it is still running");
            // the exit is seen a moment before everybody has been told of it
            case STOPPED -> process.await();
            case CREATED -> {}
        }
    }

    private static Exit neverStarted() {
        return new Exit(0, 0, Instant.EPOCH);
    }

    @Override
    public void resize(ProcessKey key, int width, int height) {
        var process = process(key);
        if (!process.record().stdio().terminal()) {
            throw new FailedPrecondition("resize " + words(key) + ": it has no terminal");
        }
        io("resize " + words(key), () -> {
            ConmonControl.resize(process.directory(), width, height);
            return true;
        });
    }

    @Override
    public void closeStdin(ProcessKey key) {
        var process = process(key);
        io("close stdin of " + words(key), () -> {
            process.record(process.record().withStdinClosed());
            process.closeStdin();
            return true;
        });
    }

    @Override
    public void pause(String namespace, String containerId) {
        freeze(namespace, containerId, "pause", true);
    }

    @Override
    public void resume(String namespace, String containerId) {
        freeze(namespace, containerId, "resume", false);
    }

    private void freeze(String namespace, String containerId, String verb, boolean frozen) {
        var task = task(namespace, containerId);
        locked(task, verb, () -> {
            if (task.record().group().isEmpty()) {
                throw Cgroups.none(containerId, verb);
            }
            oci.run(starts.place(task, task.init()), verb, List.of(), containerId);
            task.record(task.record().paused(frozen));
            return true;
        });
    }

    @Override
    public void update(String namespace, String containerId, TypedBytes resources) {
        var task = task(namespace, containerId);
        locked(task, "update", () -> {
            var group = task.record().group().orElseThrow(() -> Cgroups.none(containerId, "update limits of"));
            ContainerSpec.requireControllers(
                    ContainerSpec.limits(resources),
                    Cgroups.controllersOf(group),
                    "it is not enabled for the container's control group " + group,
                    "have it delegated to the user, or leave the limit out");
            var file = task.bundle().resolve("resources.json");
            Files.write(file, resources.value());
            oci.run(starts.place(task, task.init()), "update", List.of("--resources", file.toString()), containerId);
            return true;
        });
    }

    @Override
    public List<Integer> pids(String namespace, String containerId) {
        var task = task(namespace, containerId);
        return io("list processes of " + containerId, () -> signals.pids(task));
    }

    @Override
    public TaskMetrics metrics(String namespace, String containerId) {
        var task = task(namespace, containerId);
        var group = task.record().group().orElseThrow(() -> Cgroups.none(containerId, "measure"));
        return io(
                "measure " + containerId, () -> new TaskMetrics(containerId, clock.instant(), Cgroups.figures(group)));
    }

    private interface Work<T> {
        T run() throws IOException, InterruptedException;
    }

    private static <T> T locked(Task task, String verb, Work<T> work) {
        task.lock().lock();
        try {
            return io(verb + " task " + task.id(), work);
        } finally {
            task.lock().unlock();
        }
    }

    /// The one place where a failure of the machine becomes one of the engine.
    private static <T> T io(String attempt, Work<T> work) {
        try {
            return work.run();
        } catch (IOException failure) {
            throw new Unknown(attempt + ": " + failure.getMessage(), failure);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new Unknown(attempt + ": interrupted", stop);
        }
    }

    private static String words(ProcessKey key) {
        return key.execId().isEmpty()
                ? "task " + key.containerId()
                : "process " + key.execId() + " of task " + key.containerId();
    }

    @Override
    public void close() {
        tasks.values().forEach(task -> task.processes().forEach(TaskProcess::detach));
        consoles.close();
        try {
            catchUp();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
        poller.close();
    }
}
