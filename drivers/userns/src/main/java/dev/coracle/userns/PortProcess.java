package dev.coracle.userns;

import dev.coracle.linux.ErrnoException;
import dev.coracle.linux.Fd;
import dev.coracle.linux.Polling;
import dev.coracle.linux.UnixSocket;
import dev.coracle.processes.Command;
import dev.coracle.processes.Running;
import dev.coracle.processes.Spawner;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The process that runs [ChildPorts], in the user and network namespace of the child. There is none until it is asked
/// something.
public final class PortProcess implements AutoCloseable {
    /// What is to be done when a new one has taken the place of one that died.
    interface Restart {
        void again() throws IOException, InterruptedException;
    }

    /// The descriptor of its end of the conversation.
    public static final int CHANNEL = 3;

    private static final Path NSENTER = Path.of("/usr/bin/nsenter");
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final Spawner spawner;
    private final NetworkTarget target;
    private final List<String> program;
    private final Map<String, String> environment;
    private Restart restart = () -> {};
    private @Nullable Running running;
    private @Nullable Fd channel;
    private boolean closed;
    private long startedAt;

    /// @param program the words that start [ChildPorts]
    public PortProcess(Spawner spawner, NetworkTarget target, List<String> program, Map<String, String> environment) {
        this.spawner = spawner;
        this.target = target;
        this.program = List.copyOf(program);
        this.environment = Map.copyOf(environment);
    }

    void onRestart(Restart then) {
        restart = then;
    }

    static List<String> arguments(NetworkTarget target, List<String> program) {
        var words = new ArrayList<>(List.of("--preserve-credentials", "--user=" + target.userNamespace()));
        words.add(
                switch (target) {
                    case NetworkTarget.OfProcess(var pid) -> "--net=/proc/" + pid + "/ns/net";
                    case NetworkTarget.OfFile file -> "--net=" + file.outside();
                });
        words.add("--");
        words.addAll(program);
        return List.copyOf(words);
    }

    /// Asks and waits for the answer.
    ///
    /// @return what does not hold although it was done
    synchronized Optional<String> ask(PortRequest request, Optional<Fd> socket)
            throws IOException, InterruptedException {
        if (closed) {
            throw new UsernsException("forward ports: the port driver has ended");
        }
        if (running == null) {
            start();
        }
        try {
            return exchange(request, socket);
        } catch (EndedException died) {
            replace();
            return request instanceof PortRequest.Remove ? Optional.empty() : exchange(request, socket);
        }
    }

    /// The process has ended.
    private static final class EndedException extends IOException {
        private static final long serialVersionUID = 1;

        EndedException(String message) {
            super(message);
        }
    }

    private Optional<String> exchange(PortRequest request, Optional<Fd> socket) throws IOException {
        var open = java.util.Objects.requireNonNull(channel);
        try {
            UnixSocket.send(open, request.bytes(), socket.stream().toList());
        } catch (ErrnoException failure) {
            throw new EndedException("forward ports: " + failure.getMessage());
        }
        return answer(open);
    }

    private Optional<String> answer(Fd open) throws IOException {
        if (!Polling.awaitReadable(open, PATIENCE)) {
            throw new UsernsException("forward ports: the process inside does not answer");
        }
        var received = UnixSocket.receive(open, PortRequest.MOST_BYTES);
        if (received.isEnd()) {
            var said = running == null ? "" : running.errorTail().strip();
            throw new EndedException(
                    "forward ports: the process inside has ended" + (said.isEmpty() ? "" : ": " + said));
        }
        var words = PortRequest.words(received.data());
        var text = words.size() > 1 ? words.get(1) : "";
        if (!words.getFirst().equals(ChildPorts.OK)) {
            throw new UsernsException("forward ports: " + text);
        }
        return text.isEmpty() ? Optional.empty() : Optional.of(text);
    }

    private void start() throws IOException, InterruptedException {
        try (var pair = UnixSocket.pair(UnixSocket.Type.SEQUENCED_PACKET)) {
            var command = Command.of(NSENTER, arguments(target, program))
                    .environment(environment)
                    // not of the terminal's foreground group: Ctrl-C is for the command
                    .fate(Command.Fate.OUTLIVES_US)
                    .with(CHANNEL, pair.other());
            var started = spawner.start(command);
            var ours = pair.one().duplicate();
            running = started;
            startedAt = System.nanoTime();
            channel = ours;
            pair.other().close();
            started.onEnd(() -> replaceLater(started));
            var _ = answer(ours);
        } catch (IOException | InterruptedException failure) {
            stop();
            throw failure;
        }
    }

    /// On the poller's thread, which must not wait.
    private void replaceLater(Running ended) {
        Thread.ofPlatform().name("port-driver").daemon().start(() -> {
            synchronized (this) {
                if (closed || running != ended) {
                    return;
                }
                try {
                    if (System.nanoTime() - startedAt < PAUSE.toNanos()) {
                        // it may well die again at once
                        TimeUnit.NANOSECONDS.timedWait(this, PAUSE.toNanos());
                    }
                    if (!closed && running == ended) {
                        replace();
                    }
                } catch (IOException failure) {
                    // the next request tries again, and reports it
                    stop();
                } catch (InterruptedException stop) {
                    Thread.currentThread().interrupt();
                }
            }
        });
    }

    private void replace() throws IOException, InterruptedException {
        stop();
        start();
        restart.again();
    }

    private void stop() {
        var ended = running;
        running = null;
        if (channel != null) {
            channel.close();
            channel = null;
        }
        if (ended != null) {
            ended.close();
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        notifyAll();
        stop();
    }
}
