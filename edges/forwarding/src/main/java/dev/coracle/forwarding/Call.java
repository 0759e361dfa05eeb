package dev.coracle.forwarding;

import dev.coracle.linux.ErrnoException;
import dev.coracle.linux.Fd;
import dev.coracle.linux.Poller;
import dev.coracle.linux.Signal;
import dev.coracle.linux.SignalSet;
import dev.coracle.linux.Terminals;
import dev.coracle.linux.Terminals.Settings;
import dev.coracle.linux.Terminals.WindowSize;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// One command, as the program that carries it out sees it: what the client asked for, its three
/// streams, its terminal, its signals. All of it ends with the call.
///
/// A client that is gone is a HUP: to the receiver of signals if there is one, and the command's
/// thread is interrupted in any case; nothing more is read or written. A reader of the client's
/// output that is gone interrupts likewise, and the client ends by SIGPIPE, as a local program does.
public final class Call {
    private static final System.Logger LOG = System.getLogger("dev.coracle.forwarding");

    /// What a client sends from the start.
    static final SignalSet ASKING = SignalSet.of(Signal.HUP, Signal.INT, Signal.QUIT, Signal.TERM, Signal.WINCH);

    /// Those that are about the client itself or cannot be caught.
    private static final SignalSet PASSED = SignalSet.ALL.without(
            Signal.KILL,
            Signal.STOP,
            Signal.CHLD,
            Signal.PIPE,
            Signal.URG,
            new Signal(4),
            new Signal(5),
            new Signal(7),
            new Signal(8),
            new Signal(11));

    private static final SignalSet STOPS = SignalSet.of(Signal.HUP, Signal.INT, Signal.QUIT, Signal.TERM);

    private final Request request;
    private final Thread command;
    private final Consumer<Answer> client;
    private final PassedFd in;
    private final PassedFd out;
    private final PassedFd err;
    private final Deque<Runnable> news = new ArrayDeque<>();
    private final Deque<Mode> modes = new ArrayDeque<>();
    private boolean telling;
    private volatile Optional<Consumer<Signal>> receiver = Optional.empty();
    private volatile boolean pipeBroken;
    private volatile boolean isGone;
    private volatile boolean isAsked;
    private volatile boolean isOver;

    Call(Request request, List<Fd> fds, Poller poller, Thread command, Consumer<Answer> client) {
        this.request = request;
        this.command = command;
        this.client = client;
        this.in = new PassedFd(fds.get(0), poller, () -> {});
        this.out = new PassedFd(fds.get(1), poller, this::pipeBroke);
        this.err = new PassedFd(fds.get(2), poller, this::pipeBroke);
    }

    public Request request() {
        return request;
    }

    /// A read that waits ends with an [java.io.InterruptedIOException] when its thread is interrupted.
    public InputStream in() {
        return in.input();
    }

    /// Unbuffered.
    public OutputStream out() {
        return out.output();
    }

    /// Unbuffered.
    public OutputStream err() {
        return err.output();
    }

    /// Whether a descriptor, 0 to 2, is a terminal.
    public boolean isTerminal(int number) {
        return Terminals.isTerminal(stream(number).fd());
    }

    /// A standard stream, 0 to 2, for a program that the command starts; it is closed when the call is over.
    public Fd descriptor(int number) {
        return stream(number).fd();
    }

    private PassedFd stream(int number) {
        return switch (number) {
            case 0 -> in;
            case 1 -> out;
            case 2 -> err;
            default -> throw new IllegalArgumentException("no standard stream: " + number);
        };
    }

    /// The window's size as it is now; empty without a terminal.
    public Optional<WindowSize> size() {
        for (var stream : List.of(in, out, err)) {
            if (Terminals.isTerminal(stream.fd())) {
                try {
                    return Optional.of(Terminals.size(stream.fd()));
                } catch (ErrnoException terminalGone) {
                    return Optional.empty();
                }
            }
        }
        return Optional.empty();
    }

    /// A setting of the terminal that is in force until it is closed, at the latest when the call is over.
    public final class Mode implements AutoCloseable {
        private final Optional<Settings> before;
        private boolean closed;

        private Mode(Optional<Settings> before) {
            this.before = before;
        }

        @Override
        public void close() {
            synchronized (modes) {
                if (!closed) {
                    closed = true;
                    modes.remove(this);
                    before.ifPresent(this::restore);
                }
            }
        }

        private void restore(Settings settings) {
            try {
                Terminals.restore(in.fd(), settings);
            } catch (ErrnoException terminalGone) {
                // nothing to put back
            }
        }
    }

    /// Puts the terminal behind [#in] into raw mode; does nothing without one.
    public Mode raw() throws ErrnoException {
        return mode(Terminals::makeRaw);
    }

    /// Shows nothing of what is typed; does nothing without a terminal.
    public Mode hidden() throws ErrnoException {
        return mode(Terminals::hideInput);
    }

    private interface Change {
        Settings make(Fd fd) throws ErrnoException;
    }

    private Mode mode(Change change) throws ErrnoException {
        synchronized (modes) {
            if (isOver || !isTerminal(0)) {
                return new Mode(Optional.empty());
            }
            var mode = new Mode(Optional.of(change.make(in.fd())));
            modes.push(mode);
            return mode;
        }
    }

    /// Signals are being received.
    public interface Receiving extends AutoCloseable {
        @Override
        void close();
    }

    /// Passes every signal of the client to `receiver`, one after the other on a thread of the call's,
    /// until the result is closed. Without a receiver HUP, INT, QUIT and TERM interrupt the command
    /// and the rest does nothing.
    public Receiving receive(Consumer<Signal> to) {
        receiver = Optional.of(to);
        client.accept(new Answer.Watch(PASSED));
        return () -> {
            receiver = Optional.empty();
            client.accept(new Answer.Watch(ASKING));
        };
    }

    /// A signal of the client.
    void signal(Signal signal) {
        tell(() -> act(signal));
    }

    private void act(Signal signal) {
        var to = receiver;
        if (to.isPresent()) {
            to.get().accept(signal);
        } else if (STOPS.contains(signal)) {
            interrupt();
        }
    }

    private void interrupt() {
        isAsked = true;
        command.interrupt();
    }

    /// Whether the command was interrupted, for whatever reason, and shall come to its end.
    public boolean isAsked() {
        return isAsked;
    }

    private void pipeBroke() {
        pipeBroken = true;
        interrupt();
    }

    /// The client is gone.
    void hangUp() {
        isGone = true;
        endStreams();
        tell(() -> {
            restoreTerminal();
            if (receiver.isPresent()) {
                act(Signal.HUP);
            }
            interrupt();
        });
    }

    /// The daemon stops: as if the client were gone, but nobody is sent a signal, since containers go on.
    void abandon() {
        isGone = true;
        endStreams();
        tell(() -> {
            restoreTerminal();
            receiver = Optional.empty();
            interrupt();
        });
    }

    private void tell(Runnable task) {
        synchronized (news) {
            if (isOver) {
                return;
            }
            news.add(task);
            if (telling) {
                return;
            }
            telling = true;
        }
        Thread.ofPlatform().daemon().name(command.getName() + "-signals").start(this::tellAll);
    }

    private void tellAll() {
        while (true) {
            Runnable task;
            synchronized (news) {
                if (news.isEmpty()) {
                    telling = false;
                    return;
                }
                task = news.remove();
            }
            task.run();
        }
    }

    private void restoreTerminal() {
        while (true) {
            Mode mode;
            synchronized (modes) {
                if (modes.isEmpty()) {
                    return;
                }
                mode = modes.peek();
            }
            mode.close();
        }
    }

    private void endStreams() {
        in.end();
        out.end();
        err.end();
    }

    /// Nothing of the client's is touched any more.
    void finish() {
        synchronized (news) {
            isOver = true;
            news.clear();
        }
        restoreTerminal();
        endStreams();
    }

    /// What the client is told after a command has ended with this status.
    Answer answer(int status) {
        return pipeBroken ? new Answer.Killed(Signal.PIPE) : new Answer.Exit(status);
    }

    /// What the client is told after a command has failed in a way that it did not see coming itself.
    Answer answer(Throwable failure) {
        if (!pipeBroken && !isGone) {
            LOG.log(Level.ERROR, "forwarded command failed program=" + request.program(), failure);
        }
        return pipeBroken
                ? new Answer.Killed(Signal.PIPE)
                : new Answer.Refused("the daemon failed: " + failure, "the daemon's log says more");
    }

    void close() {
        in.close();
        out.close();
        err.close();
    }
}
