package dev.coracle.engine.containers;

import dev.coracle.base.EngineException;
import dev.coracle.engine.containers.ContainerState.Health;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// Looks after the health of containers that have a check: one virtual thread each, which sleeps until the next one.
final class HealthChecks {
    private static final System.Logger LOG = System.getLogger(HealthChecks.class.getName());
    private static final int KEPT = 5;
    private static final int LONGEST_OUTPUT = 4096;
    private static final int TIMED_OUT = -1;

    private final InstantSource clock;
    private final Execs execs;
    private final Happenings happenings;
    private final Map<String, Thread> watchers = new ConcurrentHashMap<>();

    HealthChecks(InstantSource clock, Execs execs, Happenings happenings) {
        this.clock = clock;
        this.execs = execs;
        this.happenings = happenings;
    }

    void started(Entry entry) {
        var check = entry.doc().config().health();
        if (check.disabled() || check.test().isEmpty()) {
            return;
        }
        entry.health(new Health("starting", 0, List.of()));
        watchers.put(
                entry.doc().key(),
                Thread.ofVirtual().name("health-" + entry.id()).start(() -> watch(entry, check)));
    }

    void stopped(Entry entry) {
        Optional.ofNullable(watchers.remove(entry.doc().key())).ifPresent(Thread::interrupt);
    }

    private void watch(Entry entry, HealthOptions check) {
        var begun = clock.instant();
        try {
            while (entry.isRunning() || entry.health().log().isEmpty()) {
                Thread.sleep(pause(entry, check, begun));
                if (!entry.isPaused()) {
                    check(entry, check, begun);
                }
            }
        } catch (InterruptedException _) {
            // the container has ended
        }
    }

    /// While it starts, checks may come more often.
    private Duration pause(Entry entry, HealthOptions check, Instant begun) {
        var isStarting =
                entry.health().status().equals("starting") && clock.instant().isBefore(begun.plus(check.startPeriod()));
        return isStarting && check.startInterval().compareTo(check.interval()) < 0
                ? check.startInterval()
                : check.interval();
    }

    /// Checks now.
    String check(Entry entry) {
        var check = entry.doc().config().health();
        if (check.disabled() || check.test().isEmpty()) {
            throw new EngineException.FailedPrecondition(
                    "container " + entry.doc().name() + " has no health check");
        }
        try {
            check(entry, check, entry.state().startedAt());
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
        return entry.health().status();
    }

    private void check(Entry entry, HealthOptions check, Instant begun) throws InterruptedException {
        var start = clock.instant();
        Health.Check done;
        try {
            done = run(entry, check, start);
        } catch (EngineException failure) {
            if (!entry.isRunning()) {
                return;
            }
            done = new Health.Check(start, clock.instant(), 1, String.valueOf(failure.getMessage()));
        }
        note(entry, check, begun, done);
    }

    private Health.Check run(Entry entry, HealthOptions check, Instant start) throws InterruptedException {
        var output = new Output();
        var streams = new Streams(InputStream.nullInputStream(), output, output);
        var options = new ExecOptions(words(check.test()), List.of(), "", "", false, false, false);
        try (var attachment = execs.run(entry, options, AttachOptions.output(streams))) {
            var status = await(attachment, check.timeout());
            if (status.isEmpty()) {
                attachment.signal("KILL");
                return new Health.Check(
                        start,
                        clock.instant(),
                        TIMED_OUT,
                        "Health check exceeded timeout (" + dev.coracle.base.GoDuration.format(check.timeout()) + ")");
            }
            return new Health.Check(start, clock.instant(), status.get(), output.text());
        }
    }

    /// `CMD` has words, `CMD-SHELL` one command line for the shell.
    private static List<String> words(List<String> test) {
        return switch (test.getFirst()) {
            case "CMD" -> test.subList(1, test.size());
            case "CMD-SHELL" -> List.of("/bin/sh", "-c", String.join(" ", test.subList(1, test.size())));
            default -> List.of("/bin/sh", "-c", String.join(" ", test));
        };
    }

    private static Optional<Integer> await(Attachment attachment, Duration timeout) throws InterruptedException {
        var status = new java.util.concurrent.LinkedBlockingQueue<Integer>();
        var waiter = Thread.ofVirtual().name("health-wait").start(() -> {
            try {
                if (attachment.await() instanceof Attachment.End.Exited(var code)) {
                    status.add(code);
                }
            } catch (InterruptedException _) {
                // nobody waits any more
            }
        });
        try {
            return Optional.ofNullable(status.poll(timeout.toNanos(), java.util.concurrent.TimeUnit.NANOSECONDS));
        } finally {
            waiter.interrupt();
        }
    }

    private void note(Entry entry, HealthOptions check, Instant begun, Health.Check done) {
        var before = entry.health();
        var log = new ArrayList<>(before.log());
        log.add(done);
        if (log.size() > KEPT) {
            log.removeFirst();
        }
        var isStarting = before.status().equals("starting") && done.start().isBefore(begun.plus(check.startPeriod()));
        Health after;
        if (done.exitCode() == 0) {
            after = new Health("healthy", 0, log);
        } else if (isStarting) {
            after = new Health("starting", 0, log);
        } else {
            var streak = before.failingStreak() + 1;
            after = new Health(streak >= check.retries() ? "unhealthy" : before.status(), streak, log);
        }
        entry.health(after);
        if (!after.status().equals(before.status())) {
            LOG.log(System.Logger.Level.DEBUG, () -> entry.doc().key() + " is " + after.status());
            happenings.container(entry.doc(), "health_status: " + after.status());
        }
    }

    /// The beginning of what a check says.
    private static final class Output extends java.io.OutputStream {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        @Override
        public synchronized void write(int one) {
            if (bytes.size() < LONGEST_OUTPUT) {
                bytes.write(one);
            }
        }

        synchronized String text() {
            return bytes.toString(StandardCharsets.UTF_8);
        }
    }
}
