package dev.coracle.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Waits for thousands of descriptors and tells which are ready, by keys of the caller's. Only one thread waits; adding
/// and
/// [#wake] are for all. Unlike a [Poller] it has no thread and calls nobody back.
public final class Epoll implements AutoCloseable {
    public static final int READABLE = 1;
    public static final int WRITABLE = 4;
    public static final int ERROR = 8;
    public static final int HANG_UP = 0x10;
    /// The peer has said its last.
    public static final int PEER_DONE = 0x2000;
    /// One of the waiting threads is woken, not all.
    public static final int EXCLUSIVE = 1 << 28;
    /// Told once per change, not as long as it lasts.
    public static final int EDGE = 1 << 31;

    /// The key of [#wake].
    public static final long WOKEN = -1;

    private static final int ADD = 1;
    private static final int DELETE = 2;
    private static final int MODIFY = 3;
    private static final int BATCH = 256;
    // the one structure whose layout differs: x86-64 packs the eight bytes of data behind four of events
    private static final int SIZE = Machine.IS_ARM ? 16 : 12;
    private static final int KEY = Machine.IS_ARM ? 8 : 4;

    private final Fd epoll;
    private final Fd wake;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment errno = arena.allocate(8, 8);
    private final MemorySegment ready = arena.allocate((long) SIZE * BATCH, 8);

    private Epoll(Fd epoll, Fd wake) {
        this.epoll = epoll;
        this.wake = wake;
    }

    public static Epoll open() throws ErrnoException {
        var epoll = Fd.adopt(Native.call(Sys.EPOLL_CREATE1, "", OpenFlag.CLOSE_ON_EXEC));
        try {
            var wake = Fd.adopt(Native.call(Sys.EVENTFD2, "", 0, OpenFlag.CLOSE_ON_EXEC | 0x800));
            var opened = new Epoll(epoll, wake);
            opened.add(wake, READABLE, WOKEN);
            return opened;
        } catch (ErrnoException failure) {
            epoll.close();
            throw failure;
        }
    }

    public void add(Fd fd, int events, long key) throws ErrnoException {
        control(ADD, fd, events, key);
    }

    public void modify(Fd fd, int events, long key) throws ErrnoException {
        control(MODIFY, fd, events, key);
    }

    /// Closing the last descriptor of an open file does this too.
    public void remove(Fd fd) {
        // fails only for a descriptor that is not watched, which is what was asked for
        var _ = Native.raw(Sys.EPOLL_CTL, epoll.number(), DELETE, fd.number(), 0);
    }

    private void control(int operation, Fd fd, int events, long key) throws ErrnoException {
        try (var confined = Arena.ofConfined()) {
            var event = confined.allocate(16, 8);
            event.set(JAVA_INT, 0, events);
            event.set(JAVA_LONG_UNALIGNED, KEY, key);
            Native.call(Sys.EPOLL_CTL, fd, epoll.number(), operation, fd.number(), event.address());
        }
    }

    /// Waits until something is ready; returns how many are, 0 when the time is over or a signal came.
    ///
    /// @param milliseconds -1 to wait for ever
    public int await(int milliseconds) throws ErrnoException {
        var count = Native.hot(errno, Sys.EPOLL_PWAIT, epoll.number(), ready.address(), BATCH, milliseconds, 0, 8);
        if (count < 0) {
            if (count == -Errno.EINTR.number()) {
                return 0;
            }
            throw new ErrnoException((int) -count, "epoll_pwait", "");
        }
        return (int) count;
    }

    public int events(int index) {
        return ready.get(JAVA_INT_UNALIGNED, (long) index * SIZE);
    }

    public long key(int index) {
        return ready.get(JAVA_LONG_UNALIGNED, (long) index * SIZE + KEY);
    }

    /// Makes the waiting thread return with [#WOKEN]; it then calls [#rest].
    public void wake() {
        try (var confined = Arena.ofConfined()) {
            var one = confined.allocate(8, 8);
            one.set(JAVA_LONG, 0, 1);
            // a full counter means that it is awake already
            var _ = Native.raw(Sys.WRITE, wake.number(), one.address(), 8);
        }
    }

    /// Takes note of having been woken.
    public void rest() {
        try (var confined = Arena.ofConfined()) {
            var _ = Native.raw(Sys.READ, wake.number(), confined.allocate(8, 8).address(), 8);
        }
    }

    @Override
    public void close() {
        wake.close();
        epoll.close();
        arena.close();
    }
}
