package dev.coracle.engine.containers;

import dev.coracle.base.EngineException;
import dev.coracle.core.tasks.OutputListener;
import dev.coracle.core.tasks.TaskConnection;
import dev.coracle.core.tasks.TaskRuntime;
import dev.coracle.core.tasks.TaskRuntime.ProcessKey;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/// Carries bytes between a process and somebody's streams. Output comes on a thread of the connection; input is read on
/// a thread of its own, which waits for the caller's stream and ends with it.
final class Attached implements Attachment, OutputListener {
    private static final System.Logger LOG = System.getLogger(Attached.class.getName());

    private final TaskRuntime tasks;
    private final ProcessKey key;
    private final AttachOptions options;
    private final Ticket ticket;
    private final DetachKeys detachKeys;
    private final CountDownLatch over = new CountDownLatch(1);
    private volatile boolean detached;
    private volatile Optional<TaskConnection> connection = Optional.empty();

    Attached(TaskRuntime tasks, ProcessKey key, AttachOptions options, Ticket ticket) {
        this.tasks = tasks;
        this.key = key;
        this.options = options;
        this.ticket = ticket;
        this.detachKeys = DetachKeys.parse(options.detachKeys());
    }

    /// The process can be written to from now on.
    void connected(TaskConnection to) {
        connection = Optional.of(to);
        if (options.stdin()) {
            Thread.ofPlatform()
                    .daemon()
                    .name("stdin-" + key.containerId())
                    .uncaughtExceptionHandler((thread, failure) ->
                            LOG.log(System.Logger.Level.ERROR, "thread ended by a failure thread=" + thread, failure))
                    .start(() -> pump(to));
        }
    }

    private void pump(TaskConnection to) {
        var buffer = new byte[8192];
        try {
            for (var count = options.streams().in().read(buffer);
                    count >= 0 && over.getCount() > 0;
                    count = options.streams().in().read(buffer)) {
                var typed = detachKeys.type(buffer, count);
                to.write(typed.bytes(), 0, typed.bytes().length);
                if (typed.detach()) {
                    detach();
                    return;
                }
            }
        } catch (IOException ended) {
            LOG.log(System.Logger.Level.DEBUG, () -> "input is not wanted any more: " + ended.getMessage());
        }
        to.closeInput();
    }

    private void detach() {
        detached = true;
        close();
        over.countDown();
    }

    @Override
    public void output(boolean isError, byte[] buffer, int length) throws IOException {
        var wanted = isError ? options.stderr() : options.stdout();
        if (wanted && !detached) {
            var stream = isError ? options.streams().err() : options.streams().out();
            stream.write(buffer, 0, length);
            stream.flush();
        }
    }

    @Override
    public void ended() {
        over.countDown();
    }

    @Override
    public End await() throws InterruptedException {
        over.await();
        return detached ? new End.Detached() : new End.Exited(ticket.await());
    }

    @Override
    public String execId() {
        return key.execId();
    }

    /// Gives the terminal the size the caller knows.
    void resizeFirst() {
        resize(options.width(), options.height());
    }

    @Override
    public void resize(int width, int height) {
        if (width > 0 && height > 0) {
            try {
                tasks.resize(key, width, height);
            } catch (EngineException.NotFound | EngineException.FailedPrecondition endedOrWithout) {
                LOG.log(System.Logger.Level.DEBUG, () -> "resize: " + endedOrWithout.getMessage());
            }
        }
    }

    @Override
    public void signal(String signal) {
        tasks.kill(key, Signals.number(signal), false);
    }

    @Override
    public void close() {
        connection.ifPresent(TaskConnection::close);
    }
}
