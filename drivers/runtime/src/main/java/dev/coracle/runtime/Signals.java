package dev.coracle.runtime;

import dev.coracle.core.tasks.TaskStatus;
import dev.coracle.linux.Errno;
import dev.coracle.linux.ErrnoException;
import dev.coracle.linux.PidFd;
import dev.coracle.linux.Signal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Collectors;

/// Sends signals to one process or to all of a container, without asking the runtime.
final class Signals {
    private final Cgroups cgroups;

    Signals(Cgroups cgroups) {
        this.cgroups = cgroups;
    }

    /// False when it has ended.
    boolean send(TaskProcess process, int signal) throws IOException {
        var record = process.record();
        if (process.status() == TaskStatus.STOPPED || record.pid() == 0) {
            return false;
        }
        var found = PidFd.find(record.pid(), record.startTicks());
        if (found.isEmpty()) {
            return false;
        }
        try (var open = found.get()) {
            return open.send(new Signal(signal));
        }
    }

    /// False when nothing was there to receive it.
    boolean sendAll(Task task, int signal) throws IOException {
        var group = task.record().group();
        if (group.isPresent() && signal == Signal.KILL.number() && Files.isDirectory(group.get())) {
            var any = !Cgroups.pids(group.get()).isEmpty();
            if (Cgroups.kill(group.get())) {
                return any;
            }
        }
        var reached = false;
        for (var pid : pids(task)) {
            reached |= send(pid, signal);
        }
        return reached;
    }

    private static boolean send(int pid, int signal) throws IOException {
        try (var process = PidFd.open(pid)) {
            return process.send(new Signal(signal));
        } catch (ErrnoException failure) {
            if (failure.is(Errno.ESRCH)) {
                return false;
            }
            throw failure;
        }
    }

    List<Integer> pids(Task task) throws IOException {
        var group = task.record().group();
        if (group.isPresent()) {
            return Files.isDirectory(group.get()) ? Cgroups.pids(group.get()) : List.of();
        }
        var init = task.init();
        if (init.status() == TaskStatus.STOPPED) {
            return List.of();
        }
        if (!isThere(init)) {
            return List.of();
        }
        if (task.record().ownPidNamespace()) {
            return cgroups.pidsInNamespaceOf(init.record().pid());
        }
        return cgroups.descendants(task.processes().stream()
                .filter(process -> process.status() == TaskStatus.RUNNING || process.isInit())
                .map(process -> (int) process.record().pid())
                .collect(Collectors.toCollection(HashSet::new)));
    }

    /// False also when it has ended and nobody has noticed yet: its number may be somebody else's by now.
    private static boolean isThere(TaskProcess process) throws IOException {
        var found = PidFd.find(process.record().pid(), process.record().startTicks());
        found.ifPresent(PidFd::close);
        return found.isPresent();
    }

    /// Without a PID namespace of its own the end of init leaves the other processes of a container running: they go
    /// with it.
    void ended(Task task, TaskProcess process) {
        var group = task.record().group();
        if (!process.isInit() || task.record().ownPidNamespace() || group.isEmpty() || !isThere(group.get())) {
            return;
        }
        try {
            sendAll(task, Signal.KILL.number());
        } catch (IOException failure) {
            throw new UncheckedIOException("end the rest of container " + task.id(), failure);
        }
    }

    private static boolean isThere(Path group) {
        return Files.isDirectory(group);
    }
}
