package dev.coracle.engine.containers;

import dev.coracle.core.logs.LogEntry;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Reads a log on from a position, through the files it was turned into, so that every line is had
/// once. For one thread.
final class LogCursor {
    private final Path log;
    private LogPosition position;
    private boolean hasGap;

    LogCursor(Path log, LogPosition position) {
        this.log = log;
        this.position = position;
    }

    /// Takes lines.
    @FunctionalInterface
    interface Lines {
        void line(LogEntry entry) throws IOException;
    }

    LogPosition position() {
        return position;
    }

    /// Whether the file that was being read has gone with lines that nobody had read. Asked, it is
    /// forgotten.
    boolean hasGap() {
        var had = hasGap;
        hasGap = false;
        return had;
    }

    /// Reads all that is there by now. When a line cannot be taken the position stays before it.
    ///
    /// @return whether there was anything
    boolean advance(Lines lines) throws IOException {
        var moved = false;
        for (var file : files()) {
            moved |= advance(file, lines);
        }
        return moved;
    }

    /// The file that the position is in and those after it, the oldest first.
    private List<Path> files() throws IOException {
        var found = new ArrayList<Path>();
        for (var file = log; Files.exists(file); file = LogFile.numbered(log, found.size())) {
            found.add(file);
            if (!position.file().isEmpty() && name(file).equals(position.file())) {
                return found.reversed();
            }
        }
        if (!position.file().isEmpty() && !found.isEmpty()) {
            hasGap = true;
        }
        position = LogPosition.BEGINNING;
        return found.reversed();
    }

    private static String name(Path file) throws IOException {
        try (var channel = FileChannel.open(file)) {
            return LogPosition.name(channel);
        } catch (NoSuchFileException turned) {
            return "";
        }
    }

    private boolean advance(Path file, Lines lines) throws IOException {
        try (var channel = FileChannel.open(file)) {
            var name = LogPosition.name(channel);
            if (name.isEmpty()) {
                return false;
            }
            if (!name.equals(position.file())) {
                position = new LogPosition(name, 0);
            }
            var start = position.offset();
            channel.position(start);
            new Reading(name, start, lines).all(channel);
            return position.offset() > start;
        } catch (NoSuchFileException turned) {
            // the next look finds it under its new name
            return false;
        }
    }

    /// One file, from where it was read to.
    private final class Reading {
        private final String name;
        private final long start;
        private final Lines lines;
        private final LogLines parser = new LogLines(this::take, false);

        Reading(String name, long start, Lines lines) {
            this.name = name;
            this.start = start;
            this.lines = lines;
        }

        void all(FileChannel channel) throws IOException {
            while (parser.read(channel)) {
                // until there is no more
            }
        }

        private void take(LogLine line) throws IOException {
            var bytes = line.bytes();
            var isWhole = bytes.length > 0 && bytes[bytes.length - 1] == '\n';
            var text = isWhole ? Arrays.copyOf(bytes, bytes.length - 1) : bytes;
            lines.line(new LogEntry(line.time(), line.isError(), text, !isWhole));
            position = new LogPosition(name, start + parser.consumed());
        }
    }
}
