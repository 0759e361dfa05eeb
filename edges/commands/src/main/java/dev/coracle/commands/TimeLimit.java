package dev.coracle.commands;

import java.time.Duration;
import java.util.Optional;

/// The time a command may take in all. When it is over the command's thread is interrupted, as by a signal that asks to
/// stop, and cleans up behind itself.
final class TimeLimit implements AutoCloseable {
    private final Duration time;
    private final Thread watch;
    private volatile boolean isOver;

    private TimeLimit(Duration time, Thread command) {
        this.time = time;
        watch = Thread.ofVirtual().name("time-limit").unstarted(() -> interruptLater(command));
    }

    /// Gives the calling thread this time.
    static TimeLimit start(Duration time) {
        var limit = new TimeLimit(time, Thread.currentThread());
        limit.watch.start();
        return limit;
    }

    private void interruptLater(Thread command) {
        try {
            Thread.sleep(time);
            isOver = true;
            command.interrupt();
        } catch (InterruptedException commandEndedInTime) {
            // nothing to limit any more
        }
    }

    /// The time, once it is over.
    Optional<Duration> over() {
        return isOver ? Optional.of(time) : Optional.empty();
    }

    @Override
    public void close() {
        watch.interrupt();
    }
}
