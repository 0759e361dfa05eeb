package dev.coracle.linux;

import java.io.IOException;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;

/// A permanent thread inside a network namespace. What is given to it should be system calls of this room and the
/// opening
/// of sockets, nothing that starts threads or processes: they would stay in the namespace.
public final class NetnsThread implements AutoCloseable {
    /// How the thread gets into its namespace.
    private interface Entry {
        void enter() throws ErrnoException;
    }

    private static final FutureTask<Void> LAST = new FutureTask<>(() -> null);

    private final LinkedBlockingQueue<FutureTask<?>> work = new LinkedBlockingQueue<>();
    private final Thread thread;

    private NetnsThread(String name) {
        thread = Thread.ofPlatform().name(name).daemon().unstarted(this::work);
    }

    /// Makes a new network namespace, owned by the user namespace of this process.
    public static NetnsThread unshare(String name) throws IOException, InterruptedException {
        return start(name, () -> Namespaces.unshare(Set.of(Namespace.NETWORK)));
    }

    /// Enters the network namespace the descriptor refers to.
    public static NetnsThread enter(String name, Fd namespace) throws IOException, InterruptedException {
        return start(name, () -> Namespaces.enter(namespace, Namespace.NETWORK));
    }

    private static NetnsThread start(String name, Entry entry) throws IOException, InterruptedException {
        var inside = new NetnsThread(name);
        inside.thread.start();
        try {
            inside.call(() -> {
                entry.enter();
                return true;
            });
            return inside;
        } catch (IOException | InterruptedException | RuntimeException failure) {
            inside.close();
            throw failure;
        }
    }

    private void work() {
        try {
            while (true) {
                var task = work.take();
                if (task == LAST) {
                    return;
                }
                task.run();
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    /// Runs something inside the namespace and returns its result.
    public <T> T call(Callable<T> inside) throws IOException, InterruptedException {
        var task = new FutureTask<>(inside);
        if (!thread.isAlive()) {
            throw new RejectedExecutionException("thread " + thread.getName() + " has ended");
        }
        work.add(task);
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

    /// Opens a handle on the namespace, to enter or to bind it elsewhere.
    public Fd namespace() throws IOException, InterruptedException {
        return call(() -> Fd.open(FileName.of("/proc/thread-self/ns/net"), Set.of(), 0));
    }

    @Override
    public void close() {
        work.add(LAST);
    }
}
