package dev.coracle.runtime;

import dev.coracle.linux.Fd;
import dev.coracle.linux.PidFd;
import dev.coracle.processes.Spawner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Has conmon start a process, or finds one again, and connects it with those who want to know its output and its end.
final class ProcessStart {
    private final Spawner spawner;
    private final Programs programs;
    private final Conmon conmon;
    private final Consoles consoles;
    private final ExitWatch exits;
    private final Ending ending;

    ProcessStart(Spawner spawner, Programs programs, Conmon conmon, Consoles consoles, ExitWatch exits, Ending ending) {
        this.spawner = spawner;
        this.programs = programs;
        this.conmon = conmon;
        this.consoles = consoles;
        this.exits = exits;
        this.ending = ending;
    }

    /// What is done on the poller's thread when a process has ended, before anybody hears of it.
    interface Ending {
        void ended(Task task, TaskProcess process);
    }

    OciRuntime.Place place(Task task, TaskProcess process) {
        var record = task.record();
        return new OciRuntime.Place(
                record.runtime(),
                programs.isCrun(record.runtime()),
                record.runtimeRoot(),
                record.cgroup(),
                process.directory().resolve("log.json"));
    }

    /// Starts the process of a file, or with none the container's own, which then waits for the runtime's `start`.
    void start(Task task, TaskProcess process, String processSpec, List<String> runtimeOptions) throws IOException {
        start(task, process, processSpec, runtimeOptions, () -> {});
    }

    /// @param beforeExec is run before an added process can write anything
    void start(
            Task task,
            TaskProcess process,
            String processSpec,
            List<String> runtimeOptions,
            Conmon.BeforeExec beforeExec)
            throws IOException {
        var stdio = process.record().stdio();
        var loggers = new Loggers(spawner, task.namespace(), task.id());
        var keepsConsole = Creation.keepsConsole(stdio);
        try (var opened = OpenedStdio.open(stdio, loggers, process.directory())) {
            var started = conmon.start(
                    new Conmon.Request(
                            task.id(), place(task, process), process.directory(), processSpec, stdio, runtimeOptions),
                    opened,
                    beforeExec);
            // ticks are 0 for what has ended already: then its number means nothing any more
            process.record(process.record()
                    .running(
                            !processSpec.isEmpty(),
                            started.pid(),
                            PidFd.startTicks(started.pid()).orElse(0),
                            started.conmon(),
                            PidFd.startTicks(started.conmon()).orElse(0)));
            var console = keepsConsole ? consoles.open(process.directory(), stdio, true) : noConsole();
            process.hold(console, opened.takeStdinHold());
        }
        exits.watch(process, () -> ending.ended(task, process));
    }

    private static Optional<Consoles.Console> noConsole() {
        return Optional.empty();
    }

    /// Connects again with a process of an earlier daemon.
    void find(Task task, TaskProcess process) throws IOException {
        var record = process.record();
        var stdio = record.stdio();
        var isAlive = PidFd.find(record.conmon(), record.conmonTicks()).map(found -> {
            found.close();
            return true;
        });
        var console = Creation.keepsConsole(stdio)
                ? consoles.open(process.directory(), stdio, isAlive.isPresent())
                : noConsole();
        process.hold(console, isAlive.isPresent() ? stdinHold(record) : Optional.empty());
        exits.watch(process, () -> ending.ended(task, process));
    }

    private static Optional<Fd> stdinHold(ProcessRecord record) {
        if (record.stdinClosed() || record.stdio().terminal()) {
            return Optional.empty();
        }
        return StdioTarget.parse(record.stdio().stdin()) instanceof StdioTarget.NamedPipe(var path)
                        && Files.exists(path)
                        && OpenedStdio.isPipe("stdin", path)
                ? Optional.of(OpenedStdio.openPipe("stdin", path))
                : Optional.empty();
    }

    /// Takes over what conmon wrote down when we were killed before we could. False when it did not come that far.
    boolean adopt(TaskProcess process) throws IOException {
        var directory = process.directory();
        var pid = number(directory.resolve("init.pid"));
        var left = Files.exists(directory.resolve("exit"));
        var found = number(directory.resolve("conmon.pid"))
                .filter(number -> Creation.isConmonOf(Path.of("/proc", Long.toString(number)), directory.toString()));
        if (pid.isEmpty() || (found.isEmpty() && !left)) {
            return false;
        }
        var conmonPid = found.orElse(0L);
        process.record(process.record()
                .running(
                        true,
                        pid.get(),
                        found.isPresent() ? PidFd.startTicks(pid.get()).orElse(0) : 0,
                        conmonPid,
                        found.isPresent() ? PidFd.startTicks(conmonPid).orElse(0) : 0));
        return true;
    }

    private static Optional<Long> number(Path file) throws IOException {
        try {
            return Optional.of(Long.valueOf(Files.readString(file).strip()));
        } catch (NoSuchFileException | NumberFormatException none) {
            return Optional.empty();
        }
    }
}
