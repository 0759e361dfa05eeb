package dev.coracle.rootlesskit;

import dev.coracle.linux.ErrnoException;
import dev.coracle.linux.Fd;
import dev.coracle.linux.PidFd;
import dev.coracle.linux.Poller;
import dev.coracle.linux.PosixSpawn;
import dev.coracle.linux.Self;
import dev.coracle.linux.Signal;
import dev.coracle.linux.SignalSet;
import dev.coracle.linux.SpawnRequest;
import dev.coracle.linux.WaitStatus;
import dev.coracle.userns.BootChannel;
import dev.coracle.userns.BootMessage.ChildPlan;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/// PID 1 of a PID namespace: starts the command, passes signals on, collects orphans, and ends
/// with the command. When it ends the kernel ends all others inside.
final class FirstProcess {
    private static final Path SHELL = Path.of("/bin/sh");

    private final BootChannel channel;
    private final ChildPlan plan;
    private final PrintStream errors;
    private final BlockingQueue<Integer> status = new ArrayBlockingQueue<>(1);

    FirstProcess(BootChannel channel, ChildPlan plan, PrintStream errors) {
        this.channel = channel;
        this.plan = plan;
        this.errors = errors;
    }

    int run(Path program, Map<String, String> environment) throws IOException, InterruptedException {
        var fds = new TreeMap<Integer, Fd>();
        for (var number = 0; number < 3 + plan.inheritedSockets(); number++) {
            fds.put(number, Fd.adopt(number));
        }
        var signals = Signals.descriptor();
        // the command has its rights by being root only
        Self.clearAmbientCapabilities();
        Self.clearInheritableCapabilities();
        var pid = PosixSpawn.spawn(request(program, environment, fds));
        var command = PidFd.open(pid);
        channel.closeWriter();
        var poller = Poller.start("first-process");
        poller.onReadable(signals, () -> handle(signals, command));
        // the parent never writes again: readable means that it has ended
        poller.onReadable(channel.reader(), () -> status.offer(255));
        poller.execute(() -> collect(command));
        return status.take();
    }

    /// With sockets of a service manager the command must find its own number in LISTEN_PID,
    /// which only the process that becomes it knows.
    private SpawnRequest request(Path program, Map<String, String> environment, SortedMap<Integer, Fd> fds) {
        var directory = Path.of("").toAbsolutePath();
        if (plan.inheritedSockets() == 0) {
            return new SpawnRequest(program, plan.command(), environment, directory, fds, false);
        }
        var words = new ArrayList<>(List.of("sh", "-c", "LISTEN_PID=$$ exec \"$0\" \"$@\"", program.toString()));
        words.addAll(plan.command().subList(1, plan.command().size()));
        return new SpawnRequest(SHELL, words, environment, directory, fds, false);
    }

    private void handle(Fd signals, PidFd command) throws ErrnoException {
        var received = SignalSet.read(signals);
        if (received.isEmpty()) {
            return;
        }
        var signal = received.get().signal();
        if (signal.equals(Signal.CHLD)) {
            collect(command);
        } else if (!Signals.NOT_FORWARDED.contains(signal) && !received.get().byKernel()) {
            command.send(signal);
        }
    }

    private void collect(PidFd command) {
        try {
            for (var ended = PidFd.reapAny(); ended.isPresent(); ended = PidFd.reapAny()) {
                if (ended.get().pid() == command.pid()) {
                    end(ended.get().status());
                }
            }
        } catch (ErrnoException failure) {
            errors.println("[rootlesskit:child ] error: collect processes: " + failure.getMessage());
        }
    }

    private void end(WaitStatus how) {
        if (!how.isSuccess()) {
            errors.println("[rootlesskit:child ] error: command [" + String.join(" ", plan.command()) + "] exited: "
                    + how.sentence());
        }
        status.offer(
                switch (how) {
                    case WaitStatus.Exited(var number) -> number;
                    case WaitStatus.Signaled signaled -> 255;
                });
    }
}
