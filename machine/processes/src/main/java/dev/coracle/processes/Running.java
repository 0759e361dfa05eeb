package dev.coracle.processes;

import dev.coracle.linux.ErrnoException;
import dev.coracle.linux.PidFd;
import dev.coracle.linux.Poller;
import dev.coracle.linux.Signal;
import dev.coracle.linux.WaitStatus;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A child process. Any thread may wait for it; closing ends it, gently first.
public final class Running implements AutoCloseable {
    private static final Duration GRACE = Duration.ofSeconds(5);
    private static final long REST_OF_OUTPUT_MILLISECONDS = 500;

    private final Command command;
    private final PidFd process;
    private final Poller poller;
    private final @Nullable Drain output;
    private final @Nullable Drain errors;
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile @Nullable WaitStatus status;
    private @Nullable Runnable atEnd;

    Running(Command command, PidFd process, Poller poller, @Nullable Drain output, @Nullable Drain errors) {
        this.command = command;
        this.process = process;
        this.poller = poller;
        this.output = output;
        this.errors = errors;
    }

    void watch() throws ErrnoException {
        poller.onReadable(process.fd(), this::reap);
    }

    private void reap() throws ErrnoException {
        var collected = process.reap();
        if (collected.isEmpty()) {
            return;
        }
        poller.remove(process.fd());
        Runnable then;
        synchronized (this) {
            status = collected.get();
            then = atEnd;
        }
        ended.countDown();
        process.close();
        if (then != null) {
            then.run();
        }
    }

    public long pid() {
        return process.pid();
    }

    public Command command() {
        return command;
    }

    /// How it ended; empty while it runs.
    public Optional<WaitStatus> status() {
        return Optional.ofNullable(status);
    }

    public boolean isRunning() {
        return status == null;
    }

    /// Calls back once when it has ended, at once if it has already. The call comes on the poller's thread and must not
    /// block.
    public void onEnd(Runnable then) {
        synchronized (this) {
            if (status == null) {
                if (atEnd != null) {
                    throw new IllegalStateException("somebody else waits for the end of " + command.program());
                }
                atEnd = then;
                return;
            }
        }
        then.run();
    }

    public WaitStatus waitFor() throws InterruptedException {
        ended.await();
        return java.util.Objects.requireNonNull(status);
    }

    /// Waits; empty when the time is over first.
    public Optional<WaitStatus> waitFor(Duration atMost) throws InterruptedException {
        return ended.await(atMost.toNanos(), TimeUnit.NANOSECONDS) ? status() : Optional.empty();
    }

    /// Waits for the end and for what was written.
    public Ended collect() throws InterruptedException {
        var how = waitFor();
        return new Ended(command, how, kept(output), kept(errors));
    }

    private static String kept(@Nullable Drain drain) throws InterruptedException {
        if (drain == null) {
            return "";
        }
        drain.awaitEnd(REST_OF_OUTPUT_MILLISECONDS);
        return new String(drain.bytes(), StandardCharsets.UTF_8);
    }

    /// The last part of standard error so far.
    public String errorTail() {
        return errors == null ? "" : new String(errors.bytes(), StandardCharsets.UTF_8);
    }

    /// Sends a signal; false when it has already ended.
    public boolean send(Signal signal) throws ErrnoException {
        // the pid cannot have been given to another: only reap() frees it, and it sets the status first
        synchronized (this) {
            return status == null && process.send(signal);
        }
    }

    /// TERM, then after the grace KILL; returns when it has ended and been collected.
    public WaitStatus end(Duration grace) throws ErrnoException, InterruptedException {
        send(Signal.TERM);
        var soon = waitFor(grace);
        if (soon.isPresent()) {
            return soon.get();
        }
        send(Signal.KILL);
        return waitFor();
    }

    @Override
    public void close() {
        try {
            end(GRACE);
        } catch (ErrnoException failure) {
            throw new java.io.UncheckedIOException("end " + command.program(), failure);
        } catch (InterruptedException stop) {
            try {
                send(Signal.KILL);
            } catch (ErrnoException _) {
                // already said by being interrupted; the process dies with us at the latest
            }
            Thread.currentThread().interrupt();
        }
    }
}
