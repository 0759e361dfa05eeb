package dev.coracle.integration.storage;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Archives of special files, as no account without rights could make them with tar.
final class Archive {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    Archive special(char type, String name, int user, int major, int minor) {
        var header = new byte[512];
        put(header, 0, name);
        put(header, 100, "0000600");
        put(header, 108, "%07o".formatted(user));
        put(header, 116, "0000000");
        put(header, 124, "00000000000");
        put(header, 136, "00000000000");
        Arrays.fill(header, 148, 156, (byte) ' ');
        header[156] = (byte) type;
        put(header, 257, "ustar\00000");
        put(header, 329, "%07o".formatted(major));
        put(header, 337, "%07o".formatted(minor));
        var sum = 0;
        for (var b : header) {
            sum += b & 0xff;
        }
        put(header, 148, "%06o\0 ".formatted(sum));
        bytes.writeBytes(header);
        return this;
    }

    private static void put(byte[] header, int offset, String text) {
        var raw = text.getBytes(StandardCharsets.ISO_8859_1);
        System.arraycopy(raw, 0, header, offset, raw.length);
    }

    byte[] bytes() {
        var all = Arrays.copyOf(bytes.toByteArray(), bytes.size() + 1024);
        return all;
    }
}
