package dev.coracle.linux;

import java.lang.foreign.Arena;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/// One long-lived thread that waits for many descriptors and calls back when one is ready. Handlers run on that thread
/// and must not block; a handler that fails is reported to the thread's uncaught handler and its descriptor is dropped.
public final class Poller implements AutoCloseable {
    /// What to do when a descriptor is ready. Level-triggered: called again until the cause is gone.
    public interface Handler {
        void ready() throws ErrnoException;
    }

    private static final int EPOLLIN = 1;
    private static final int EPOLLOUT = 4;
    private static final int ADD = 1;
    private static final int DELETE = 2;
    private static final int BATCH = 64;
    // the one structure of this room whose layout differs: x86-64 packs the eight bytes of data behind four of events
    private static final int EVENT_SIZE = Machine.IS_ARM ? 16 : 12;
    private static final int DATA_OFFSET = Machine.IS_ARM ? 8 : 4;

    private final Fd epoll;
    private final Fd wake;
    private final Thread thread;
    private final Map<Integer, Handler> handlers = new ConcurrentHashMap<>();
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private volatile boolean closed;

    private Poller(Fd epoll, Fd wake, String name) {
        this.epoll = epoll;
        this.wake = wake;
        this.thread = Thread.ofPlatform().name(name).daemon().unstarted(this::loop);
    }

    public static Poller start(String name) throws ErrnoException {
        var epoll = Fd.adopt(Native.call(Sys.EPOLL_CREATE1, "", OpenFlag.CLOSE_ON_EXEC));
        var wake = Fd.adopt(Native.call(Sys.EVENTFD2, "", 0, OpenFlag.CLOSE_ON_EXEC | 0x800));
        var poller = new Poller(epoll, wake, name);
        poller.add(wake, EPOLLIN, poller::drain);
        poller.thread.start();
        return poller;
    }

    public void onReadable(Fd fd, Handler handler) throws ErrnoException {
        add(fd, EPOLLIN, handler);
    }

    public void onWritable(Fd fd, Handler handler) throws ErrnoException {
        add(fd, EPOLLOUT, handler);
    }

    private void add(Fd fd, int events, Handler handler) throws ErrnoException {
        handlers.put(fd.number(), handler);
        try (var arena = Arena.ofConfined()) {
            var event = arena.allocate(16, 8);
            NativeData.setInt(event, 0, events);
            NativeData.setInt(event, DATA_OFFSET, fd.number());
            Native.call(Sys.EPOLL_CTL, fd, epoll.number(), ADD, fd.number(), event.address());
        }
    }

    /// Stops watching; call it before the descriptor is closed, on the poller's thread or when nothing is pending.
    public void remove(Fd fd) {
        handlers.remove(fd.number());
        // fails only for a descriptor that is not watched, which is what was asked for
        var _ = Native.raw(Sys.EPOLL_CTL, epoll.number(), DELETE, fd.number(), 0);
    }

    /// Runs something on the poller's thread.
    public void execute(Runnable task) {
        tasks.add(task);
        wakeUp();
    }

    /// Somebody may call while the thread, already told to stop, is closing down.
    private synchronized void wakeUp() {
        if (!wake.isOpen()) {
            return;
        }
        try (var arena = Arena.ofConfined()) {
            var one = arena.allocate(8, 8);
            NativeData.setLong(one, 0, 1);
            // a full counter means that it is awake already
            var _ = Native.raw(Sys.WRITE, wake.number(), one.address(), 8);
        }
    }

    private void drain() throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            var _ = Native.raw(Sys.READ, wake.number(), arena.allocate(8, 8).address(), 8);
        }
        for (var task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    private void loop() {
        try (var arena = Arena.ofConfined()) {
            var events = arena.allocate((long) EVENT_SIZE * BATCH, 8);
            while (!closed) {
                var count = Native.raw(Sys.EPOLL_PWAIT, epoll.number(), events.address(), BATCH, -1, 0, 8);
                for (var i = 0; i < count && !closed; i++) {
                    dispatch(NativeData.getInt(events, (long) i * EVENT_SIZE + DATA_OFFSET));
                }
            }
        } finally {
            synchronized (this) {
                epoll.close();
                wake.close();
            }
        }
    }

    private void dispatch(int number) {
        var handler = handlers.get(number);
        if (handler == null) {
            return;
        }
        try {
            handler.ready();
        } catch (ErrnoException | RuntimeException failure) {
            handlers.remove(number, handler);
            var _ = Native.raw(Sys.EPOLL_CTL, epoll.number(), DELETE, number, 0);
            thread.getUncaughtExceptionHandler().uncaughtException(thread, failure);
        }
    }

    public boolean isOnThread() {
        return Thread.currentThread() == thread;
    }

    /// Ends the thread; watched descriptors stay their owners' to close.
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            wakeUp();
        }
    }
}
