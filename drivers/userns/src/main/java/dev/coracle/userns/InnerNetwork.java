package dev.coracle.userns;

import dev.coracle.linux.Fd;
import dev.coracle.linux.Polling;
import dev.coracle.linux.UnixSocket;
import dev.coracle.processes.Command;
import dev.coracle.processes.Running;
import dev.coracle.processes.Spawner;
import dev.coracle.userns.NetworkDriver.Addresses;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A process beside the command that serves a device in the network namespace ([ChildNetwork]), as its parent has it.
/// It
/// ends when this is closed or we end, and then the device goes with it, if it was its own.
public final class InnerNetwork implements AutoCloseable {
    /// How it is started.
    ///
    /// @param program the words that start [ChildNetwork]
    public record Program(List<String> program, Map<String, String> environment) {
        public Program {
            program = List.copyOf(program);
            environment = Map.copyOf(environment);
        }
    }

    /// The descriptor of the conversation, and the one of the frames.
    static final int CHANNEL = 3;

    static final int STREAM = 4;

    private static final Path NSENTER = Path.of("/usr/bin/nsenter");
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int MOST_BYTES = 1 << 12;

    private final Running running;
    private final Fd channel;

    private InnerNetwork(Running running, Fd channel) {
        this.running = running;
        this.channel = channel;
    }

    /// Returns when it is inside; then it waits for [#begin].
    static InnerNetwork start(
            Spawner spawner, NetworkTarget target, Program program, InnerPlan plan, Optional<Fd> stream)
            throws IOException, InterruptedException {
        var words = new ArrayList<>(program.program);
        words.addAll(plan.words());
        try (var pair = UnixSocket.pair(UnixSocket.Type.SEQUENCED_PACKET)) {
            var command = Command.of(NSENTER, PortProcess.arguments(target, words))
                    .environment(program.environment)
                    // not of the terminal's foreground group: Ctrl-C is for the command
                    .fate(Command.Fate.OUTLIVES_US)
                    .with(CHANNEL, pair.other());
            if (stream.isPresent()) {
                command = command.with(STREAM, stream.get());
            }
            var inner = new InnerNetwork(spawner.start(command), pair.one().duplicate());
            try {
                pair.other().close();
                var _ = inner.answer();
                return inner;
            } catch (IOException | RuntimeException failure) {
                inner.close();
                throw failure;
            }
        }
    }

    long pid() {
        return running.pid();
    }

    /// Has it connect the device; returns the addresses that the network has told.
    Addresses begin() throws IOException {
        UnixSocket.send(channel, PortRequest.packet(List.of(ChildNetwork.GO)), List.of());
        var words = answer();
        return new Addresses(words.get(1), List.copyOf(words.subList(2, words.size())));
    }

    private List<String> answer() throws IOException {
        if (!Polling.awaitReadable(channel, LIMIT)) {
            throw new UsernsException("connect the network: the process inside does not answer");
        }
        var received = UnixSocket.receive(channel, MOST_BYTES);
        if (received.isEnd()) {
            throw new UsernsException("connect the network: the process inside has ended: "
                    + running.errorTail().strip());
        }
        var words = PortRequest.words(received.data());
        if (words.getFirst().equals(ChildNetwork.FAILED)) {
            throw new UsernsException("connect the network: " + words.get(1));
        }
        return words;
    }

    void onEnd(Runnable then) {
        running.onEnd(then);
    }

    @Override
    public void close() {
        channel.close();
        running.close();
    }
}
