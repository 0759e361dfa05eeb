package dev.coracle.runtime;

import dev.coracle.linux.Errno;
import dev.coracle.linux.ErrnoException;
import dev.coracle.linux.Fd;
import dev.coracle.linux.FileData;
import dev.coracle.linux.OpenFlag;
import dev.coracle.linux.Poller;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/// Carries a terminal's output from conmon's log to where the client wants it. The log is the truth: how far it has
/// been
/// delivered is kept in a file beside it, so that a later daemon goes on at the very byte. What has been delivered is
/// punched out of the log, which therefore never grows on disk.
///
/// Everything happens on the poller's thread and nothing there blocks.
final class ConsoleRelay {
    private static final int CHUNK = 2 * ConsoleLog.LONGEST_LINE;
    private static final int TURNS = 16;
    private static final long HOLE = 1 << 20;
    private static final String DELIVERED = "console.delivered";

    private final Poller poller;
    private final Optional<Fd> sink;
    private final Fd log;
    private final Fd delivered;
    private final byte[] chunk = new byte[CHUNK];
    private byte[] pending = {};
    private int written;
    private long start;
    private long next;
    private long punched;
    private boolean blocked;
    private boolean ended;
    private boolean closed;

    private ConsoleRelay(Poller poller, Optional<Fd> sink, Fd log, Fd delivered) {
        this.poller = poller;
        this.sink = sink;
        this.log = log;
        this.delivered = delivered;
    }

    static Path log(Path directory) {
        return directory.resolve(Conmon.CONSOLE_LOG);
    }

    /// Opens what is needed and takes up where the last relay of this log left off. Call [#pump] then, and after every
    /// change of the log.
    ///
    /// @param sink where it goes; empty to throw it away (nobody can read it any more)
    static ConsoleRelay open(Poller poller, Path directory, Optional<Fd> sink) throws IOException {
        if (sink.isPresent()) {
            sink.get().setNonBlocking(true);
        }
        var log = Fd.open(log(directory), Set.of(OpenFlag.READ_WRITE), 0);
        try {
            var place = directory.resolve(DELIVERED);
            var words = read(place).strip().split(" ", -1);
            var delivered = Fd.open(place, EnumSet.of(OpenFlag.READ_WRITE, OpenFlag.CREATE), 0600);
            var relay = new ConsoleRelay(poller, sink, log, delivered);
            if (words.length == 2) {
                relay.resume(Long.parseLong(words[0]), Integer.parseInt(words[1]));
            }
            return relay;
        } catch (IOException failure) {
            log.close();
            throw failure;
        }
    }

    private static String read(Path place) throws IOException {
        try {
            return Files.readString(place);
        } catch (NoSuchFileException first) {
            return "";
        }
    }

    private void resume(long from, int skip) throws IOException {
        start = from;
        next = from;
        punched = from;
        fill();
        written = Math.min(skip, pending.length);
    }

    /// Moves what there is. On the poller's thread.
    void pump() {
        if (closed || blocked) {
            return;
        }
        try {
            for (var turn = 0; turn < TURNS; turn++) {
                if (written < pending.length ? !deliver() : !advance()) {
                    return;
                }
            }
        } catch (IOException failure) {
            System.getLogger(ConsoleRelay.class.getName())
                    .log(System.Logger.Level.WARNING, "relay of a terminal's output stopped", failure);
            close();
            return;
        }
        // others are waiting for this thread too
        poller.execute(this::pump);
    }

    /// False when the reader cannot take more now.
    private boolean deliver() throws IOException {
        if (sink.isEmpty()) {
            written = pending.length;
            remember();
            return true;
        }
        try {
            written += sink.get().writeSome(pending, written, pending.length - written);
        } catch (ErrnoException failure) {
            if (!failure.is(Errno.EAGAIN)) {
                throw failure;
            }
            blocked = true;
            poller.onWritable(sink.get(), this::unblock);
            return false;
        }
        remember();
        return true;
    }

    private void unblock() {
        poller.remove(sink.orElseThrow());
        blocked = false;
        pump();
    }

    /// False when the log has no more for now.
    private boolean advance() throws IOException {
        start = next;
        written = 0;
        if (fill()) {
            return true;
        }
        if (ended) {
            close();
        }
        return false;
    }

    private boolean fill() throws IOException {
        var read = log.readAt(next, chunk, 0, ConsoleLog.LONGEST_LINE);
        if (read == ConsoleLog.LONGEST_LINE) {
            read += log.readAt(next + read, chunk, read, ConsoleLog.LONGEST_LINE);
        }
        var decoded = ConsoleLog.decode(chunk, read);
        pending = decoded.output();
        next = start + decoded.consumed();
        return decoded.consumed() > 0;
    }

    private void remember() throws IOException {
        var whole = written == pending.length;
        var words = "%020d %010d\n".formatted(whole ? next : start, whole ? 0 : written);
        var bytes = words.getBytes(StandardCharsets.US_ASCII);
        delivered.writeAt(0, bytes, 0, bytes.length);
        if (start - punched >= HOLE) {
            FileData.punchHole(log, punched, start - punched);
            punched = start;
        }
    }

    /// Tells that conmon has ended: the log is complete. When all of it has been delivered the client's reader sees the
    /// end. On the poller's thread.
    void end() {
        ended = true;
        pump();
    }

    /// Lets go, delivered or not. On the poller's thread.
    void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (blocked) {
            poller.remove(sink.orElseThrow());
        }
        sink.ifPresent(Fd::close);
        log.close();
        delivered.close();
    }
}
