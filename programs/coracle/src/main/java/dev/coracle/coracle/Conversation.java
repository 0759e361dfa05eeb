package dev.coracle.coracle;

import dev.coracle.forwarding.Answer;
import dev.coracle.forwarding.ForwardingClient;
import dev.coracle.forwarding.Request;
import dev.coracle.linux.ErrnoException;
import dev.coracle.linux.Fd;
import dev.coracle.linux.Polling;
import dev.coracle.linux.Self;
import dev.coracle.linux.Signal;
import dev.coracle.linux.SignalSet;
import dev.coracle.linux.Terminals;
import java.io.PrintStream;
import java.util.List;
import java.util.Optional;

/// A command while it runs in the daemon: signals go there, answers come back. The signals of
/// [#CAUGHT] are blocked in this process, which is started with them so.
final class Conversation {
    /// Those that a daemon can ask for.
    static final SignalSet CAUGHT = SignalSet.of(
            Signal.HUP,
            Signal.INT,
            Signal.QUIT,
            Signal.USR1,
            Signal.USR2,
            new Signal(14),
            Signal.TERM,
            Signal.CONT,
            Signal.TSTP,
            new Signal(21),
            new Signal(22),
            Signal.WINCH);

    private final CommandLine line;
    private final ForwardingClient daemon;
    private final PrintStream err;
    private final Optional<Terminals.Settings> terminal = Terminals.settings(Fd.adopt(0));
    private SignalSet passed = ForwardingClient.FIRST_SIGNALS;

    Conversation(CommandLine line, ForwardingClient daemon, PrintStream err) {
        this.line = line;
        this.daemon = daemon;
        this.err = err;
    }

    /// Has the command carried out; the status to end with.
    int carryOut(Request request) throws ErrnoException {
        try (var signals = CAUGHT.open()) {
            daemon.request(request, List.of(Fd.adopt(0), Fd.adopt(1), Fd.adopt(2)));
            while (true) {
                var ready = Polling.awaitReadable(List.of(daemon.socket(), signals));
                if (ready.contains(signals)) {
                    pass(signals);
                }
                if (ready.contains(daemon.socket())) {
                    var status = hear(daemon.answers());
                    if (status.isPresent()) {
                        return status.get();
                    }
                }
            }
        }
    }

    private void pass(Fd signals) throws ErrnoException {
        var received = SignalSet.read(signals);
        if (received.isEmpty()) {
            return;
        }
        var signal = received.get().signal();
        if (passed.contains(signal)) {
            daemon.signal(signal);
        } else {
            suffer(signal);
        }
    }

    /// Lets a signal have its usual effect on this process.
    private static void suffer(Signal signal) throws ErrnoException {
        Self.kill(Self.pid(), signal);
        var blocked = SignalSet.blocked();
        blocked.without(signal).block();
        blocked.block();
    }

    private Optional<Integer> hear(List<Answer> answers) throws ErrnoException {
        for (var answer : answers) {
            switch (answer) {
                case Answer.Exit(var status) -> {
                    return Optional.of(status);
                }
                case Answer.Killed(var signal) -> {
                    return Optional.of(endBy(signal));
                }
                case Answer.Refused(var message, var hint) -> {
                    return Optional.of(fail(message, hint));
                }
                case Answer.Lost() -> {
                    return Optional.of(fail(
                            "lost the connection to the daemon while the command ran",
                            "the daemon has died or was killed; its log says more"));
                }
                case Answer.Watch(var signals) -> passed = signals;
            }
        }
        return Optional.empty();
    }

    /// A JVM ignores SIGPIPE; its shell is told the status that this signal makes.
    private static int endBy(Signal signal) throws ErrnoException {
        if (signal.number() != Signal.PIPE.number()) {
            suffer(signal);
        }
        return 128 + signal.number();
    }

    private int fail(String message, String hint) throws ErrnoException {
        if (terminal.isPresent()) {
            Terminals.restore(Fd.adopt(0), terminal.get());
        }
        err.println(line.program() + ": " + message);
        if (!hint.isEmpty()) {
            err.println("hint: " + hint);
        }
        return line.failureStatus();
    }
}
