package dev.coracle.engine.containers;

import dev.coracle.base.EngineException;
import dev.coracle.base.EngineException.FailedPrecondition;
import dev.coracle.core.logs.LogDestinations;
import dev.coracle.core.logs.LogSink;
import dev.coracle.core.logs.LogSource;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// Sends the output of containers on to the services that they name. The log that conmon writes is
/// the queue: it outlives this process and a service that does not answer, and how far it was sent is
/// kept beside it. So a line is sent at least once, in its order, and a slow service slows nobody.
///
/// A platform thread each for containers that ask for it: a write to a unix socket whose reader stands
/// still is a native call that blocks.
final class LogForwarding implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(LogForwarding.class.getName());
    private static final String SENT = "output.sent";
    private static final Duration PAUSE = Duration.ofMillis(50);
    private static final Duration FIRST_WAIT = Duration.ofMillis(200);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);
    /// How long a container that is to be removed waits for the last of its lines to be sent.
    private static final Duration LAST_LINES = Duration.ofSeconds(5);

    private final LogDestinations destinations;
    private final Folders folders;
    private final Map<String, Thread> running = new ConcurrentHashMap<>();

    LogForwarding(LogDestinations destinations, Folders folders) {
        this.destinations = destinations;
        this.folders = folders;
    }

    /// A run is about to begin. A service that does not answer is an error, as it is for Docker, unless
    /// the options say that it may come later.
    ///
    /// @return what [#start] gets, or who made the run fail closes
    /// @throws FailedPrecondition when nobody answers
    Optional<LogSink> connect(ContainerDoc doc) {
        var options = doc.options().log();
        if (!isWanted(doc)
                || options.options().getOrDefault("fluentd-async", "").equals("true")) {
            return Optional.empty();
        }
        try {
            return Optional.of(open(doc));
        } catch (IOException failure) {
            throw new FailedPrecondition(
                    "failed to initialize logging driver: " + options.driver() + ": " + failure.getMessage(), failure);
        }
    }

    /// The run has begun.
    void start(Entry entry, Optional<LogSink> sink) {
        if (isWanted(entry.doc())) {
            go(entry, sink);
        }
    }

    private static boolean isWanted(ContainerDoc doc) {
        return LogSettings.of(doc.options().log()).isForwarded();
    }

    private LogSink open(ContainerDoc doc) throws IOException {
        var options = doc.options().log();
        var source = new LogSource(
                doc.id(),
                doc.name(),
                doc.imageRef(),
                doc.imageId(),
                doc.config().labels(),
                doc.config().env());
        return destinations.open(options.driver(), options.options(), source);
    }

    /// After a start of the daemon: what runs goes on, and what has ended meanwhile is sent to its end.
    void recover(Entry entry) {
        if (isWanted(entry.doc()) && Files.exists(folders.log(entry.doc()))) {
            go(entry, Optional.empty());
        }
    }

    private void go(Entry entry, Optional<LogSink> sink) {
        var key = entry.doc().key();
        var before = Optional.ofNullable(running.get(key));
        var thread = Thread.ofPlatform().daemon().name("log-" + entry.id()).unstarted(() -> {
            try {
                if (before.isPresent()) {
                    // of a run that has ended: what it has not sent is sent here
                    before.get().interrupt();
                    before.get().join();
                }
                work(entry, sink);
            } catch (InterruptedException _) {
                sink.ifPresent(LogSink::close);
            } finally {
                running.remove(key, Thread.currentThread());
            }
        });
        running.put(key, thread);
        thread.start();
    }

    private void work(Entry entry, Optional<LogSink> first) throws InterruptedException {
        var cursor = new LogCursor(folders.log(entry.doc()), kept(entry.doc()));
        var sink = first;
        var wait = FIRST_WAIT;
        while (true) {
            var before = cursor.position();
            try (var now = sink.isPresent() ? sink.get() : open(entry.doc())) {
                pump(entry, cursor, now);
                return;
            } catch (IOException | EngineException failure) {
                if (!cursor.position().equals(before)) {
                    // it had come back meanwhile: this is another outage
                    wait = FIRST_WAIT;
                }
                var isFirst = wait.equals(FIRST_WAIT);
                LOG.log(
                        isFirst ? System.Logger.Level.WARNING : System.Logger.Level.DEBUG,
                        "send the output of container " + entry.doc().key() + " to "
                                + entry.doc().options().log().driver() + ", again and again: " + failure.getMessage());
            }
            if (entry.isRemoved()) {
                return;
            }
            sink = Optional.empty();
            Thread.sleep(wait);
            wait = wait.multipliedBy(2).compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait.multipliedBy(2);
        }
    }

    private LogPosition kept(ContainerDoc doc) {
        try {
            return LogPosition.parse(Files.readString(folders.file(doc, SENT)).strip());
        } catch (IOException none) {
            return LogPosition.BEGINNING;
        }
    }

    /// Sends until nothing more can come.
    private void pump(Entry entry, LogCursor cursor, LogSink sink) throws IOException, InterruptedException {
        while (true) {
            // asked before the end of the log is looked for
            var isOver = !entry.isRunning();
            var moved = advance(entry, cursor, sink);
            if (cursor.hasGap()) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "part of the output of container " + entry.doc().key()
                                + " was turned away by max-size before it could be sent");
            }
            if (!moved) {
                if (isOver) {
                    return;
                }
                Thread.sleep(PAUSE);
            }
        }
    }

    private boolean advance(Entry entry, LogCursor cursor, LogSink sink) throws IOException {
        var before = cursor.position();
        try {
            return cursor.advance(sink::send);
        } finally {
            if (!cursor.position().equals(before) && !entry.isRemoved()) {
                folders.replace(entry.doc(), SENT, cursor.position().toString());
            }
        }
    }

    /// The container is about to be removed with its log: waits a while for the last lines to be sent.
    void finish(Entry entry) {
        var thread = running.get(entry.doc().key());
        if (thread == null) {
            return;
        }
        try {
            if (!thread.join(LAST_LINES)) {
                thread.interrupt();
                LOG.log(
                        System.Logger.Level.WARNING,
                        "container " + entry.doc().key() + " is removed with output that could not be sent to "
                                + entry.doc().options().log().driver());
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        running.values().forEach(Thread::interrupt);
    }
}
