package dev.coracle.rootlesskit;

import dev.coracle.linux.ErrnoException;
import dev.coracle.linux.Fd;
import dev.coracle.linux.PidFd;
import dev.coracle.linux.Poller;
import dev.coracle.linux.Self;
import dev.coracle.linux.Signal;
import dev.coracle.linux.SignalSet;
import dev.coracle.linux.SignalSet.Received;
import dev.coracle.processes.Running;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What becomes of the signals sent to us: until the command runs they stop the start, afterwards they are the
/// command's.
final class Signals implements AutoCloseable {
    /// Those that are about us, not about the command.
    static final Set<Signal> NOT_FORWARDED = Set.of(Signal.CHLD, Signal.PIPE, Signal.URG);

    private static final Set<Signal> STOP_THE_START = Set.of(Signal.HUP, Signal.INT, Signal.QUIT, Signal.TERM);
    private static final Set<Signal> SUSPEND = Set.of(Signal.TSTP, new Signal(21), new Signal(22));
    // those a processor raises on a thread of the JVM, which handles them itself
    private static final Signal[] FAULTS = {new Signal(4), new Signal(5), new Signal(7), new Signal(8), new Signal(11)};

    private final Poller poller;
    private final Fd fd;
    private @Nullable Running starting;
    private @Nullable PidFd target;
    private @Nullable Signal stoppedBy;

    private Signals(Poller poller, Fd fd) {
        this.poller = poller;
        this.fd = fd;
    }

    /// A descriptor for every signal that is not a fault of ours.
    static Fd descriptor() throws ErrnoException {
        return SignalSet.ALL.without(FAULTS).open();
    }

    static Signals open(Poller poller) throws ErrnoException {
        var signals = new Signals(poller, descriptor());
        poller.onReadable(signals.fd, signals::read);
        return signals;
    }

    synchronized void killUntilStarted(Running child) throws ErrnoException {
        starting = child;
        if (stoppedBy != null) {
            child.send(Signal.KILL);
        }
    }

    synchronized void forwardTo(PidFd process) {
        target = process;
        starting = null;
    }

    synchronized Optional<Signal> stoppedBy() {
        return Optional.ofNullable(stoppedBy);
    }

    private synchronized void read() throws ErrnoException {
        if (!fd.isOpen()) {
            // closed while the poller was on its way here
            return;
        }
        var received = SignalSet.read(fd);
        if (received.isPresent() && !NOT_FORWARDED.contains(received.get().signal())) {
            handle(received.get());
        }
    }

    private void handle(Received received) throws ErrnoException {
        var signal = received.signal();
        if (target != null) {
            // what a terminal sends goes to its whole foreground group, so the command has it already
            if (!received.byKernel()) {
                target.send(signal);
            }
            if (SUSPEND.contains(signal)) {
                // blocked as it is, it would leave us running: a shell waits for us to stop
                Self.kill(Self.pid(), Signal.STOP);
            }
        } else if (STOP_THE_START.contains(signal)) {
            stoppedBy = signal;
            if (starting != null) {
                starting.send(Signal.KILL);
            }
        }
    }

    @Override
    public synchronized void close() {
        poller.remove(fd);
        fd.close();
    }
}
