package dev.coracle.engine.containers;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/// Reads a log in the format of CRI (`TIME stdout F text`, `P` for a piece of a line), with the older files that came
/// before it. A reader that follows notices a new file by its inode.
final class LogFile {
    private static final int CHUNK = 1 << 16;

    /// The longest line that is kept in memory to be shown whole.
    private static final int LONGEST = 1 << 20;

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
        var lines = new Lines(query, reader, wholeLines);
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

    private void follow(LogQuery query, BooleanSupplier isOver, Lines lines) throws IOException, InterruptedException {
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

    /// Lines out of bytes; until the tail is known only so many are kept.
    private static final class Lines {
        private final LogQuery query;
        private final LogReader reader;
        private final boolean wholeLines;
        private final ArrayDeque<LogLine> tail = new ArrayDeque<>();
        private final ByteBuffer buffer = ByteBuffer.allocate(CHUNK);
        private final Piece[] pieces = {new Piece(), new Piece()};
        private byte[] rest = {};
        private boolean isTailKnown;

        Lines(LogQuery query, LogReader reader, boolean wholeLines) {
            this.wholeLines = wholeLines;
            this.query = query;
            this.reader = reader;
            isTailKnown = query.tail() < 0;
        }

        /// The beginning of a line whose end has not come.
        private static final class Piece {
            private byte[] bytes = {};
            private Instant time = Instant.EPOCH;
        }

        void readAll(FileChannel channel) throws IOException {
            for (var count = channel.read(buffer.clear()); count > 0; count = channel.read(buffer.clear())) {
                take(Arrays.copyOf(buffer.array(), count));
            }
        }

        private void take(byte[] bytes) throws IOException {
            var all = bytes;
            if (rest.length > 0) {
                all = Arrays.copyOf(rest, rest.length + bytes.length);
                System.arraycopy(bytes, 0, all, rest.length, bytes.length);
            }
            var start = 0;
            for (var i = rest.length; i < all.length; i++) {
                if (all[i] == '\n') {
                    line(all, start, i);
                    start = i + 1;
                }
            }
            rest = Arrays.copyOfRange(all, start, all.length);
        }

        private void line(byte[] bytes, int start, int end) throws IOException {
            var stream = after(bytes, start, end);
            var tag = after(bytes, stream, end);
            if (tag + 1 >= end || bytes[tag + 1] != ' ') {
                return; // cut off by a full disk
            }
            var isError = bytes[stream + 3] == 'e';
            var piece = pieces[isError ? 1 : 0];
            var isWhole = bytes[tag] == 'F';
            var text = join(piece.bytes, bytes, tag + 2, end, isWhole);
            var time = piece.bytes.length > 0 ? piece.time : time(bytes, start, stream - 1);
            if (isWhole || !wholeLines || text.length > LONGEST) {
                piece.bytes = new byte[0];
                emit(new LogLine(time, isError, text));
            } else {
                piece.bytes = text;
                piece.time = time;
            }
        }

        private static byte[] join(byte[] before, byte[] bytes, int start, int end, boolean isWhole) {
            var text = Arrays.copyOf(before, before.length + end - start + (isWhole ? 1 : 0));
            System.arraycopy(bytes, start, text, before.length, end - start);
            if (isWhole) {
                text[text.length - 1] = '\n';
            }
            return text;
        }

        private static int after(byte[] bytes, int start, int end) {
            for (var i = start; i < end; i++) {
                if (bytes[i] == ' ') {
                    return i + 1;
                }
            }
            return end;
        }

        private static Instant time(byte[] bytes, int start, int end) {
            try {
                return OffsetDateTime.parse(new String(bytes, start, end - start, StandardCharsets.US_ASCII))
                        .toInstant();
            } catch (DateTimeException strange) {
                return Instant.EPOCH;
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

        /// Shows what was written without an end of line.
        void end() throws IOException {
            for (var isError : List.of(false, true)) {
                var piece = pieces[isError ? 1 : 0];
                if (piece.bytes.length > 0) {
                    emit(new LogLine(piece.time, isError, piece.bytes));
                }
            }
            if (!isTailKnown) {
                tailIsKnown();
            }
        }
    }
}
