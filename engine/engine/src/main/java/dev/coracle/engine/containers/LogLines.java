package dev.coracle.engine.containers;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;

/// Lines out of the bytes of a log in the format of CRI: `TIME stdout F text`, `P` for a piece of a
/// line.
final class LogLines {
    private static final int CHUNK = 1 << 16;

    /// The longest line that is kept in memory to be shown whole.
    private static final int LONGEST = 1 << 20;

    private final LogReader reader;
    private final boolean wholeLines;
    private final ByteBuffer buffer = ByteBuffer.allocate(CHUNK);
    private final Piece[] pieces = {new Piece(), new Piece()};
    private byte[] rest = {};
    private long consumed;

    /// @param wholeLines whether the pieces of a line are put together, or handed on as they come
    LogLines(LogReader reader, boolean wholeLines) {
        this.reader = reader;
        this.wholeLines = wholeLines;
    }

    /// The beginning of a line whose end has not come.
    private static final class Piece {
        private byte[] bytes = {};
        private Instant time = Instant.EPOCH;
    }

    /// Reads a piece of a file.
    ///
    /// @return whether there was one
    boolean read(FileChannel channel) throws IOException {
        var count = channel.read(buffer.clear());
        if (count <= 0) {
            return false;
        }
        take(Arrays.copyOf(buffer.array(), count));
        return true;
    }

    /// How many bytes the lines have that were handed on, the one included that is being handed on.
    long consumed() {
        return consumed;
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
                consumed += i + 1L - start;
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
            reader.line(new LogLine(time, isError, text));
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

    /// Hands on what was written without an end of line.
    void end() throws IOException {
        for (var isError : List.of(false, true)) {
            var piece = pieces[isError ? 1 : 0];
            if (piece.bytes.length > 0) {
                reader.line(new LogLine(piece.time, isError, piece.bytes));
            }
        }
    }
}
