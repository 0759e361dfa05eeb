package dev.coracle.engine.containers;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/// Reads a log, with the older files that came
/// before it. A reader that follows notices a new file by its inode.
final class LogFile {
    private static final long PAUSE_MILLIS = 20;

    private final Path file;
    private final boolean wholeLines;

    LogFile(Path file) {
        this(file, true);
    }

    /// @param wholeLines whether the pieces of a line are put together, or handed on as they come
    LogFile(Path file, boolean wholeLines) {
        this.file = file;
        this.wholeLines = wholeLines;
    }

    /// @param isOver whether nothing more will be written; asked before the end of the file is looked for
    void read(LogQuery query, BooleanSupplier isOver, LogReader reader) throws IOException, InterruptedException {
        var lines = new Chosen(query, reader, wholeLines);
        for (var older : older()) {
            try (var channel = FileChannel.open(older)) {
                lines.readAll(channel);
            } catch (NoSuchFileException _) {
                // turned away while we were reading
            }
        }
        follow(query, isOver, lines);
    }

    private List<Path> older() throws IOException {
        var found = new ArrayList<Path>();
        for (var number = 1; Files.exists(numbered(file, number)); number++) {
            found.add(numbered(file, number));
        }
        return found.reversed();
    }

    static Path numbered(Path file, int number) {
        return file.resolveSibling(file.getFileName() + "." + number);
    }

    private void follow(LogQuery query, BooleanSupplier isOver, Chosen lines) throws IOException, InterruptedException {
        var isFirst = true;
        while (true) {
            var over = !query.follow() || isOver.getAsBoolean();
            if (Files.exists(file)) {
                try (var channel = FileChannel.open(file)) {
                    var key = key();
                    lines.readAll(channel);
                    if (isFirst) {
                        isFirst = false;
                        lines.tailIsKnown();
                    }
                    while (!over && key.equals(key())) {
                        Thread.sleep(PAUSE_MILLIS);
                        over = isOver.getAsBoolean();
                        lines.readAll(channel);
                    }
                    // what came between the last look and the renaming
                    lines.readAll(channel);
                } catch (NoSuchFileException _) {
                    // being turned
                }
            }
            if (over) {
                lines.end();
                return;
            }
            Thread.sleep(PAUSE_MILLIS);
        }
    }

    private Optional<Object> key() {
        try {
            return Optional.ofNullable(Files.readAttributes(file, java.nio.file.attribute.BasicFileAttributes.class)
                    .fileKey());
        } catch (IOException none) {
            return Optional.empty();
        }
    }

    /// The lines that were asked for; until the tail is known only so many are kept.
    private static final class Chosen {
        private final LogQuery query;
        private final LogReader reader;
        private final LogLines lines;
        private final ArrayDeque<LogLine> tail = new ArrayDeque<>();
        private boolean isTailKnown;

        Chosen(LogQuery query, LogReader reader, boolean wholeLines) {
            this.query = query;
            this.reader = reader;
            lines = new LogLines(this::emit, wholeLines);
            isTailKnown = query.tail() < 0;
        }

        void readAll(FileChannel channel) throws IOException {
            while (lines.read(channel)) {
                // until there is no more
            }
        }

        private void emit(LogLine line) throws IOException {
            if (line.time().isBefore(query.since()) || line.time().isAfter(query.until())) {
                return;
            }
            if (isTailKnown) {
                reader.line(line);
                return;
            }
            tail.add(line);
            if (tail.size() > query.tail()) {
                tail.remove();
            }
        }

        void tailIsKnown() throws IOException {
            isTailKnown = true;
            for (var line : tail) {
                reader.line(line);
            }
            tail.clear();
        }

        void end() throws IOException {
            lines.end();
            if (!isTailKnown) {
                tailIsKnown();
            }
        }
    }
}
