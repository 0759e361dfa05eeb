package dev.coracle.engine.images;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/// Writes the tar of an image archive: directories and read-only files, no times, no owners, so
/// that the same image gives the same bytes.
final class ArchiveWriter implements AutoCloseable {
    private static final int BLOCK = 512;

    private final OutputStream out;

    ArchiveWriter(OutputStream out) {
        this.out = out;
    }

    void directory(String name) throws IOException {
        out.write(header(name, '5', 0755, 0));
    }

    void file(String name, byte[] content) throws IOException {
        begin(name, content.length);
        out.write(content);
        end(content.length);
    }

    /// Begins a file; exactly `size` bytes and an [#end] must follow.
    void begin(String name, long size) throws IOException {
        out.write(header(name, '0', 0444, size));
    }

    void write(byte[] bytes, int count) throws IOException {
        out.write(bytes, 0, count);
    }

    void end(long size) throws IOException {
        out.write(new byte[(int) ((BLOCK - size % BLOCK) % BLOCK)]);
    }

    private static byte[] header(String name, char type, int mode, long size) {
        var block = new byte[BLOCK];
        put(block, 0, name);
        put(block, 100, String.format("%07o", mode));
        put(block, 108, "0000000");
        put(block, 116, "0000000");
        size(block, size);
        put(block, 136, "00000000000");
        put(block, 148, "        ");
        block[156] = (byte) type;
        put(block, 257, "ustar");
        put(block, 263, "00");
        var sum = 0;
        for (var b : block) {
            sum += b & 0xff;
        }
        put(block, 148, String.format("%06o", sum));
        block[154] = 0;
        return block;
    }

    /// Octal up to 8 GiB, GNU's binary form above.
    private static void size(byte[] block, long size) {
        if (size < 1L << 33) {
            put(block, 124, String.format("%011o", size));
            return;
        }
        block[124] = (byte) 0x80;
        for (var i = 0; i < Long.BYTES; i++) {
            block[135 - i] = (byte) (size >>> (8 * i));
        }
    }

    private static void put(byte[] block, int at, String text) {
        var bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, block, at, bytes.length);
    }

    @Override
    public void close() throws IOException {
        out.write(new byte[2 * BLOCK]);
        out.flush();
    }
}
