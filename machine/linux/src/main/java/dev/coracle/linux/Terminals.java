package dev.coracle.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/// Terminals: their size, raw mode, and new pseudo-terminals.
public final class Terminals {
    private static final int TCGETS = 0x5401;
    private static final int TCSETSW = 0x5403;
    private static final int TIOCGWINSZ = 0x5413;
    private static final int TIOCSWINSZ = 0x5414;
    private static final int TIOCSPTLCK = 0x40045431;
    private static final int TIOCGPTN = 0x80045430;
    private static final int TIOCSCTTY = 0x540e;
    private static final int TIOCNOTTY = 0x5422;
    private static final int SIZE = 60;
    private static final int VTIME = 5;
    private static final int VMIN = 6;
    private static final int CONTROL_CHARACTERS = 17;

    private Terminals() {}

    /// Columns and rows.
    public record WindowSize(int columns, int rows) {}

    /// The settings of a terminal, to be put back later.
    public static final class Settings {
        private final byte[] termios;

        private Settings(byte[] termios) {
            this.termios = termios;
        }
    }

    public static boolean isTerminal(Fd fd) {
        return settings(fd).isPresent();
    }

    /// The settings, or empty when this is no terminal.
    public static Optional<Settings> settings(Fd fd) {
        try (var arena = Arena.ofConfined()) {
            var termios = arena.allocate(SIZE, 8);
            return Native.raw(Sys.IOCTL, fd.number(), TCGETS, termios.address()) < 0
                    ? Optional.empty()
                    : Optional.of(new Settings(termios.toArray(JAVA_BYTE)));
        }
    }

    public static void restore(Fd fd, Settings settings) throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            Native.call(
                    Sys.IOCTL,
                    "TCSETSW",
                    fd.number(),
                    TCSETSW,
                    Native.bytes(arena, settings.termios).address());
        }
    }

    /// Passes every byte through unchanged, without echo, lines or signals; returns the settings to put back.
    public static Settings makeRaw(Fd fd) throws ErrnoException {
        var before = settings(fd).orElseThrow(() -> new ErrnoException(Errno.ENOTTY, "ioctl", "TCGETS " + fd));
        try (var arena = Arena.ofConfined()) {
            var raw = Native.bytes(arena, before.termios);
            // as cfmakeraw(3): input, output, control and local flags
            raw.set(JAVA_INT, 0, raw.get(JAVA_INT, 0) & ~(0x1 | 0x2 | 0x8 | 0x20 | 0x40 | 0x80 | 0x100 | 0x400));
            raw.set(JAVA_INT, 4, raw.get(JAVA_INT, 4) & ~0x1);
            raw.set(JAVA_INT, 8, (raw.get(JAVA_INT, 8) & ~(0x30 | 0x100)) | 0x30);
            raw.set(JAVA_INT, 12, raw.get(JAVA_INT, 12) & ~(0x1 | 0x2 | 0x8 | 0x40 | 0x8000));
            raw.set(JAVA_BYTE, CONTROL_CHARACTERS + VMIN, (byte) 1);
            raw.set(JAVA_BYTE, CONTROL_CHARACTERS + VTIME, (byte) 0);
            Native.call(Sys.IOCTL, "TCSETSW", fd.number(), TCSETSW, raw.address());
        }
        return before;
    }

    /// Shows nothing of what is typed but the end of the line; returns the settings to put back.
    public static Settings hideInput(Fd fd) throws ErrnoException {
        var before = settings(fd).orElseThrow(() -> new ErrnoException(Errno.ENOTTY, "ioctl", "TCGETS " + fd));
        try (var arena = Arena.ofConfined()) {
            var hidden = Native.bytes(arena, before.termios);
            // ECHO off, ECHONL on
            hidden.set(JAVA_INT, 12, (hidden.get(JAVA_INT, 12) & ~0x8) | 0x40);
            Native.call(Sys.IOCTL, "TCSETSW", fd.number(), TCSETSW, hidden.address());
        }
        return before;
    }

    public static WindowSize size(Fd fd) throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            var size = arena.allocate(8, 8);
            Native.call(Sys.IOCTL, "TIOCGWINSZ", fd.number(), TIOCGWINSZ, size.address());
            return new WindowSize(size.get(JAVA_SHORT, 2) & 0xffff, size.get(JAVA_SHORT, 0) & 0xffff);
        }
    }

    /// Changes the size; programs in the foreground get SIGWINCH.
    public static void resize(Fd fd, WindowSize to) throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            var size = arena.allocate(8, 8);
            size.set(JAVA_SHORT, 0, (short) to.rows());
            size.set(JAVA_SHORT, 2, (short) to.columns());
            Native.call(Sys.IOCTL, "TIOCSWINSZ", fd.number(), TIOCSWINSZ, size.address());
        }
    }

    /// A new pseudo-terminal. What is written to the master is typed into the slave.
    public record PseudoTerminal(Fd master, Path slave) implements AutoCloseable {
        /// Opens the slave without making it our controlling terminal.
        public Fd openSlave() throws ErrnoException {
            return Fd.open(slave, Set.of(OpenFlag.READ_WRITE, OpenFlag.NO_CONTROLLING_TERMINAL), 0);
        }

        @Override
        public void close() {
            master.close();
        }
    }

    public static PseudoTerminal open() throws ErrnoException {
        var master = Fd.open(Path.of("/dev/ptmx"), Set.of(OpenFlag.READ_WRITE, OpenFlag.NO_CONTROLLING_TERMINAL), 0);
        try (var arena = Arena.ofConfined()) {
            var number = arena.allocate(4, 8);
            Native.call(Sys.IOCTL, "TIOCSPTLCK", master.number(), TIOCSPTLCK, number.address());
            Native.call(Sys.IOCTL, "TIOCGPTN", master.number(), TIOCGPTN, number.address());
            return new PseudoTerminal(master, Path.of("/dev/pts/" + number.get(JAVA_INT, 0)));
        } catch (ErrnoException failure) {
            master.close();
            throw failure;
        }
    }

    /// Makes a terminal the controlling one of this session, whose leader we are.
    public static void makeControlling(Fd fd) throws ErrnoException {
        Native.call(Sys.IOCTL, "TIOCSCTTY", fd.number(), TIOCSCTTY, 0);
    }

    /// Leaves the controlling terminal of this process, if it has one and is not the session's leader, whose terminal
    /// it
    /// is. Until then the terminal would stop this process when it works on the terminal for a program in the
    /// foreground.
    public static void leaveControlling() throws ErrnoException {
        if (Native.call(Sys.GETSID, "", 0) == Self.pid()) {
            return;
        }
        try (var own = Fd.open(Path.of("/dev/tty"), Set.of(OpenFlag.READ_WRITE, OpenFlag.NO_CONTROLLING_TERMINAL), 0)) {
            Native.call(Sys.IOCTL, "TIOCNOTTY", own.number(), TIOCNOTTY, 0);
        } catch (ErrnoException none) {
            if (none.errno() != Errno.ENXIO && none.errno() != Errno.ENOENT && none.errno() != Errno.EACCES) {
                throw none;
            }
        }
    }
}
