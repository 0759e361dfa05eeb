package dev.coracle.runtime;

import java.io.ByteArrayOutputStream;

/// The lines conmon writes for what it reads from a terminal: `TIME stdout F text` for a whole line, `P` for a piece of
/// one. Undoing it gives back the terminal's bytes exactly.
final class ConsoleLog {
    /// More than conmon ever writes as one line (it reads 8 KiB at a time; later versions 32 KiB).
    static final int LONGEST_LINE = 1 << 16;

    private ConsoleLog() {}

    /// What came out of the terminal, and how many bytes of the log said so. A line that is not finished is left for
    /// the next time.
    @SuppressWarnings("ArrayRecordComponent") // made here and used at once, never compared
    record Decoded(byte[] output, int consumed) {}

    static Decoded decode(byte[] log, int length) {
        var output = new ByteArrayOutputStream(length);
        var start = 0;
        for (var end = newline(log, start, length); end >= 0; end = newline(log, start, length)) {
            decodeLine(log, start, end, output);
            start = end + 1;
        }
        return new Decoded(output.toByteArray(), start);
    }

    private static void decodeLine(byte[] log, int start, int end, ByteArrayOutputStream output) {
        var stream = after(log, start, end, ' ');
        var tag = after(log, stream, end, ' ');
        var isLine = tag + 1 < end && (log[tag] == 'F' || log[tag] == 'P') && log[tag + 1] == ' ';
        if (!isLine) {
            // not conmon's: better shown than lost
            output.write(log, start, end + 1 - start);
            return;
        }
        output.write(log, tag + 2, end - tag - 2);
        if (log[tag] == 'F') {
            output.write('\n');
        }
    }

    private static int after(byte[] log, int start, int end, char wanted) {
        for (var i = start; i < end; i++) {
            if (log[i] == wanted) {
                return i + 1;
            }
        }
        return end;
    }

    private static int newline(byte[] log, int start, int length) {
        for (var i = start; i < length; i++) {
            if (log[i] == '\n') {
                return i;
            }
        }
        return -1;
    }
}
