package dev.coracle.runtime;

import dev.coracle.core.tasks.Exit;
import dev.coracle.core.tasks.TaskRuntime.ExitListener;
import dev.coracle.linux.ErrnoException;
import dev.coracle.linux.PidFd;
import dev.coracle.linux.Poller;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/// Learns of ends: one thread waits for the conmons of all processes. When one has gone, the status is in the file that
/// it left. A conmon that was killed leaves none; then the process itself is waited for, and only its status is lost.
final class ExitWatch {
    /// What is told when nobody can know the status any more.
    private static final int UNKNOWN_STATUS = 255;

    private static final System.Logger LOG = System.getLogger(ExitWatch.class.getName());

    private final Poller poller;
    private final InstantSource clock;
    private volatile Optional<ExitListener> listener = Optional.empty();

    ExitWatch(Poller poller, InstantSource clock) {
        this.poller = poller;
        this.clock = clock;
    }

    void tell(ExitListener told) {
        listener = Optional.of(told);
    }

    /// Waits for the end of a process and runs `atEnd` before anybody is told. Its record names conmon.
    void watch(TaskProcess process, Runnable atEnd) throws IOException {
        process.watched();
        var record = process.record();
        var conmon = PidFd.find(record.conmon(), record.conmonTicks());
        if (conmon.isPresent()) {
            onEnd(conmon.get(), () -> left(process, atEnd, clock.instant()));
        } else {
            poller.execute(() -> left(process, atEnd, missed(process)));
        }
    }

    private void onEnd(PidFd process, Runnable then) throws ErrnoException {
        poller.onReadable(process.fd(), () -> {
            poller.remove(process.fd());
            process.close();
            then.run();
        });
    }

    /// When it ended, for an end that nobody saw.
    private Instant missed(TaskProcess process) {
        try {
            return Files.getLastModifiedTime(exitFile(process)).toInstant();
        } catch (IOException none) {
            return clock.instant();
        }
    }

    private static Path exitFile(TaskProcess process) {
        return process.directory().resolve("exit");
    }

    private void left(TaskProcess process, Runnable atEnd, Instant at) {
        try {
            var status = status(exitFile(process));
            if (status.isPresent()) {
                ended(process, atEnd, status.get(), at);
                return;
            }
            var record = process.record();
            var orphan = PidFd.find(record.pid(), record.startTicks());
            if (orphan.isPresent()) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "conmon has died before its process, whose exit status will not be known: container={0} pid={1}",
                        process.key().containerId(),
                        Long.toString(record.pid()));
                onEnd(orphan.get(), () -> ended(process, atEnd, UNKNOWN_STATUS, clock.instant()));
                return;
            }
        } catch (IOException failure) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "read exit status of container " + process.key().containerId(),
                    failure);
        }
        ended(process, atEnd, UNKNOWN_STATUS, at);
    }

    private static Optional<Integer> status(Path file) throws IOException {
        try {
            return Optional.of(Integer.valueOf(Files.readString(file).strip()));
        } catch (NoSuchFileException none) {
            return Optional.empty();
        } catch (NumberFormatException strange) {
            throw new IOException("unexpected content of " + file, strange);
        }
    }

    private void ended(TaskProcess process, Runnable atEnd, int status, Instant at) {
        var exit = new Exit((int) process.record().pid(), status, at);
        atEnd.run();
        process.ended(exit);
        try {
            listener.ifPresent(told -> {
                if (Files.exists(process.directory().resolve("oom"))) {
                    told.oom(process.key());
                }
                told.exited(process.key(), exit);
            });
            ProcessRecord.writeExit(process.directory(), exit);
        } catch (IOException failure) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "note exit of container " + process.key().containerId() + " in " + process.directory(),
                    failure);
        } finally {
            process.told();
        }
    }
}
