package dev.coracle.base;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Several things at once, each on a virtual thread: the first failure stops the rest, and
/// nothing outlives the block. It has the shape of `StructuredTaskScope`, which is not final in
/// Java 25, so that the later swap is mechanical.
///
/// Used by one owner thread; the forked tasks must not fork into the same group.
public final class TaskGroup implements AutoCloseable {
    private final ExecutorService executor;
    private final CompletionService<Object> completions;
    private final List<Future<Object>> forked = new ArrayList<>();
    private int awaited;

    /// For tasks that wait.
    public TaskGroup() {
        this(Executors.newVirtualThreadPerTaskExecutor());
    }

    private TaskGroup(ExecutorService executor) {
        this.executor = executor;
        this.completions = new ExecutorCompletionService<>(executor);
    }

    /// For tasks that compute or stay in native code for long, each on a platform thread with
    /// this name: on virtual threads they would keep everything else from running.
    public static TaskGroup onPlatformThreads(String name) {
        return new TaskGroup(Executors.newThreadPerTaskExecutor(
                Thread.ofPlatform().name(name + "-", 0).daemon(true).factory()));
    }

    /// Starts a task; its result is in the future after [#join].
    @SuppressWarnings("unchecked") // the completion service is shared by tasks of different types
    public <T> Future<T> fork(Callable<T> task) {
        var future = completions.submit(task::call);
        forked.add(future);
        awaited++;
        return (Future<T>) future;
    }

    /// Waits until every task has ended, or throws the first failure after the others were
    /// stopped.
    ///
    /// @throws InterruptedException when the owner is interrupted; the tasks are stopped by
    ///     [#close]
    /// @throws Exception what the first failing task threw
    public void join() throws Exception {
        while (awaited > 0) {
            var done = completions.take();
            awaited--;
            try {
                done.get();
            } catch (ExecutionException e) {
                forked.forEach(task -> task.cancel(true));
                throw e.getCause() instanceof Exception failure ? failure : e;
            }
        }
    }

    /// Stops what still runs and waits for its end.
    @Override
    public void close() {
        forked.forEach(task -> task.cancel(true));
        executor.close();
    }
}
