package dev.coracle.relay;

import dev.coracle.linux.Epoll;
import dev.coracle.linux.ErrnoException;
import dev.coracle.linux.Fd;
import dev.coracle.linux.Mover;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;

/// The thread that does the work of a relay. All of its objects belong to it alone, so nothing is locked.
final class Loop implements AutoCloseable {
    /// Somebody who waits for a descriptor.
    interface Watched {
        /// @param events bits of [Epoll]
        void ready(int events) throws ErrnoException;
    }

    private record Timer(long at, Runnable task) {}

    private static final Watched NOBODY = _ -> {};

    private final Epoll epoll;
    private final Mover mover = new Mover();
    private final Pipes pipes;
    private final Thread thread;
    private final List<Watched> watched = new ArrayList<>();
    private final List<Integer> generations = new ArrayList<>();
    private final ArrayDeque<Integer> free = new ArrayDeque<>();
    private final ArrayDeque<Watched> again = new ArrayDeque<>();
    private final PriorityQueue<Timer> timers = new PriorityQueue<>(Comparator.comparingLong(Timer::at));
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final Map<Object, Runnable> atEnd = new LinkedHashMap<>();
    private volatile boolean closed;

    private Loop(Epoll epoll, String name) {
        this.epoll = epoll;
        this.pipes = new Pipes(this);
        this.thread = Thread.ofPlatform().name(name).daemon().unstarted(this::run);
    }

    static Loop start(String name) throws ErrnoException {
        var loop = new Loop(Epoll.open(), name);
        loop.thread.start();
        return loop;
    }

    Mover mover() {
        return mover;
    }

    Pipes pipes() {
        return pipes;
    }

    /// Waits for a descriptor; the key is for [#forget] and [#change].
    long watch(Fd fd, int events, Watched who) throws ErrnoException {
        int slot;
        if (free.isEmpty()) {
            slot = watched.size();
            watched.add(who);
            generations.add(0);
        } else {
            slot = free.pop();
            watched.set(slot, who);
        }
        var key = (long) generations.get(slot) << 32 | slot;
        try {
            epoll.add(fd, events, key);
            return key;
        } catch (ErrnoException failure) {
            forget(key);
            throw failure;
        }
    }

    void change(Fd fd, int events, long key) throws ErrnoException {
        epoll.modify(fd, events, key);
    }

    /// Events that are on their way to this key are dropped. The caller closes the descriptor, or takes it out of the
    /// epoll first.
    void forget(long key) {
        var slot = (int) key;
        watched.set(slot, NOBODY);
        generations.set(slot, (generations.get(slot) + 1) & 0x7fffffff);
        free.push(slot);
    }

    void unwatch(Fd fd, long key) {
        epoll.remove(fd);
        forget(key);
    }

    /// Calls back after all others that are ready have had their turn.
    void again(Watched who) {
        again.add(who);
    }

    void after(Duration delay, Runnable task) {
        timers.add(new Timer(System.nanoTime() + delay.toNanos(), task));
    }

    /// What is done when the thread ends, unless its owner has ended first.
    void atEnd(Object owner, Runnable task) {
        atEnd.put(owner, task);
    }

    void forgetEnd(Object owner) {
        atEnd.remove(owner);
    }

    /// Runs something on the thread and waits for it.
    <T> T call(Callable<T> work) throws IOException, InterruptedException {
        var task = new FutureTask<>(work);
        synchronized (tasks) {
            if (closed) {
                throw new RejectedExecutionException("relay thread " + thread.getName() + " has ended");
            }
            tasks.add(task);
            epoll.wake();
        }
        try {
            return task.get();
        } catch (ExecutionException failure) {
            switch (failure.getCause()) {
                case IOException cause -> throw new IOException(cause.getMessage(), cause);
                case RuntimeException cause -> throw cause;
                case Error cause -> throw cause;
                case null, default -> throw new IllegalStateException("in " + thread.getName(), failure);
            }
        }
    }

    /// Runs something on the thread, whose own end does as well; an interruption waits until it is done.
    void callUnlessClosed(Callable<Boolean> work) throws IOException {
        var interrupted = false;
        var task = new FutureTask<>(work);
        synchronized (tasks) {
            if (closed) {
                return;
            }
            tasks.add(task);
            epoll.wake();
        }
        while (true) {
            try {
                var _ = task.get();
                break;
            } catch (InterruptedException stop) {
                interrupted = true;
            } catch (ExecutionException failure) {
                throw new IOException("end a forward: " + failure.getCause(), failure);
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            while (!closed) {
                var count = epoll.await(timeout());
                for (var i = 0; i < count; i++) {
                    dispatch(epoll.key(i), epoll.events(i));
                }
                for (var left = again.size(); left > 0; left--) {
                    turn(again.remove(), 0);
                }
                for (var now = System.nanoTime(); !timers.isEmpty() && timers.peek().at - now <= 0; ) {
                    timers.remove().task.run();
                }
            }
        } catch (ErrnoException | RuntimeException failure) {
            thread.getUncaughtExceptionHandler().uncaughtException(thread, failure);
        } finally {
            end();
        }
    }

    private int timeout() {
        if (!again.isEmpty()) {
            return 0;
        }
        if (timers.isEmpty()) {
            return -1;
        }
        return Math.clamp((timers.peek().at - System.nanoTime() + 999_999) / 1_000_000, 0, Integer.MAX_VALUE);
    }

    private void dispatch(long key, int events) {
        if (key == Epoll.WOKEN) {
            epoll.rest();
            for (var task = tasks.poll(); task != null; task = tasks.poll()) {
                task.run();
            }
            return;
        }
        var slot = (int) key;
        if (generations.get(slot) == (int) (key >>> 32)) {
            turn(watched.get(slot), events);
        }
    }

    private void turn(Watched who, int events) {
        try {
            who.ready(events);
        } catch (ErrnoException | RuntimeException failure) {
            thread.getUncaughtExceptionHandler().uncaughtException(thread, failure);
        }
    }

    private void end() {
        closed = true;
        List.copyOf(atEnd.values()).forEach(Runnable::run);
        pipes.close();
        synchronized (tasks) {
            // whoever still waits for an answer gets one
            tasks.forEach(Runnable::run);
            tasks.clear();
            epoll.close();
        }
        mover.close();
    }

    @Override
    public void close() {
        synchronized (tasks) {
            if (!closed) {
                closed = true;
                epoll.wake();
            }
        }
        try {
            thread.join();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }
}
