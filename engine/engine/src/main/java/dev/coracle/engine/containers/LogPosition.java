package dev.coracle.engine.containers;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;

/// How far a log has been read. A file is known by the time of its first line, to the nanosecond:
/// that stays when it is turned, and is no other file's, as an inode may be.
///
/// @param file empty: none yet
/// @param offset bytes of it
record LogPosition(String file, long offset) {
    static final LogPosition BEGINNING = new LogPosition("", 0);

    private static final int LONGEST_TIME = 64;

    /// As [#toString] writes it; the beginning for what is not that.
    static LogPosition parse(String text) {
        if (!text.matches("[0-9TZ:.+-]{1,64} [0-9]{1,18}")) {
            return BEGINNING;
        }
        var space = text.indexOf(' ');
        return new LogPosition(text.substring(0, space), Long.parseLong(text.substring(space + 1)));
    }

    /// How an open file is known; empty while it has no line.
    static String name(FileChannel channel) throws IOException {
        var head = ByteBuffer.allocate(LONGEST_TIME);
        channel.read(head, 0);
        var text = new String(head.array(), 0, head.position(), StandardCharsets.US_ASCII);
        return text.substring(0, Math.max(0, text.indexOf(' ')));
    }

    @Override
    public String toString() {
        return file + " " + offset;
    }
}
