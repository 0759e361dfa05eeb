package dev.coracle.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// A set of signals and what can be done with it.
public record SignalSet(long bits) {
    public static final SignalSet NONE = new SignalSet(0);
    public static final SignalSet ALL = new SignalSet(-1L);
    private static final int SIG_SETMASK = 2;

    public static SignalSet of(Signal... signals) {
        var bits = 0L;
        for (var signal : signals) {
            bits |= signal.bit();
        }
        return new SignalSet(bits);
    }

    public SignalSet without(Signal... signals) {
        return new SignalSet(bits & ~of(signals).bits);
    }

    public boolean contains(Signal signal) {
        return (bits & signal.bit()) != 0;
    }

    /// Blocks exactly these on the calling thread and returns those blocked before.
    public SignalSet block() throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            var sets = arena.allocate(16, 8);
            NativeData.setLong(sets, 0, bits);
            Native.call(Sys.RT_SIGPROCMASK, "", SIG_SETMASK, sets.address(), sets.address() + 8, 8);
            return new SignalSet(NativeData.getLong(sets, 8));
        }
    }

    /// Those blocked on the calling thread.
    public static SignalSet blocked() throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            var set = arena.allocate(8, 8);
            Native.call(Sys.RT_SIGPROCMASK, "", 0, 0, set.address(), 8);
            return new SignalSet(NativeData.getLong(set, 0));
        }
    }

    /// Those that this process ignores; a program it becomes would go on ignoring them.
    public static SignalSet ignored() throws IOException {
        for (var line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("SigIgn:")) {
                return new SignalSet(Long.parseUnsignedLong(
                        line.substring("SigIgn:".length()).strip(), 16));
            }
        }
        return NONE;
    }

    /// Gives these their default effect on the whole process.
    public void restore() throws ErrnoException {
        for (var number = 1; number <= Signal.LAST; number++) {
            if (contains(new Signal(number))) {
                Self.restore(new Signal(number));
            }
        }
    }

    /// A signal that was read, with its sender.
    ///
    /// @param byKernel whether the kernel made it, as a terminal does for Ctrl-C
    public record Received(Signal signal, boolean byKernel, long sender) {}

    /// A descriptor that delivers these signals. All threads must block them, hence the JVM is started with them
    /// blocked.
    public Fd open() throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            var set = arena.allocate(8, 8);
            NativeData.setLong(set, 0, bits);
            return Fd.adopt(Native.call(Sys.SIGNALFD4, "", -1, set.address(), 8, OpenFlag.CLOSE_ON_EXEC | 0x800));
        }
    }

    /// Reads one signal from a descriptor of [#open]; empty when none is pending.
    public static Optional<Received> read(Fd fd) throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            var info = arena.allocate(128, 8);
            var count = Native.raw(Sys.READ, fd.number(), info.address(), 128);
            if (count == -Errno.EAGAIN.number()) {
                return Optional.empty();
            }
            if (count < 0) {
                throw new ErrnoException((int) -count, "read", "signalfd");
            }
            var code = NativeData.getInt(info, 8);
            return Optional.of(
                    new Received(new Signal(NativeData.getInt(info, 0)), code == 0x80, NativeData.getInt(info, 12)));
        }
    }
}
