package dev.coracle.engine.images;

import dev.coracle.base.EngineException.InvalidArgument;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

/// Reads the tar of an image archive, gzipped or not, one entry after the other. Image archives
/// hold nothing but small names and blobs, so this knows ustar, long names and PAX's `path`,
/// `linkpath` and `size`, and nothing is ever written under a name from the archive.
final class ArchiveReader {
    private static final int BLOCK = 512;
    private static final int LARGEST_NAME = 1 << 16;

    private final InputStream input;
    private long left;
    private long padding;
    private String longName = "";
    private String longLink = "";
    private long longSize = -1;

    ArchiveReader(InputStream raw) throws IOException {
        var buffered = new BufferedInputStream(raw, 1 << 16);
        buffered.mark(2);
        var magic = buffered.readNBytes(2);
        buffered.reset();
        var gzip = magic.length == 2 && magic[0] == 0x1f && (magic[1] & 0xff) == 0x8b;
        input = gzip ? new GZIPInputStream(buffered, 1 << 16) : buffered;
    }

    /// An entry; `link` is empty unless it is a symbolic or hard link.
    record Entry(String name, boolean isFile, String link, long size) {}

    /// The next entry, whose content is then read by [#read].
    Optional<Entry> next() throws IOException {
        while (true) {
            input.skipNBytes(left + padding);
            left = 0;
            padding = 0;
            var block = input.readNBytes(BLOCK);
            if (block.length < BLOCK || isZero(block)) {
                return Optional.empty();
            }
            var type = (char) block[156];
            open(longSize >= 0 && type != 'x' && type != 'L' && type != 'K' ? longSize : number(block, 124, 12));
            switch (type) {
                case 'x' -> pax(extension());
                case 'L' -> longName = text(extension(), 0, LARGEST_NAME);
                case 'K' -> longLink = text(extension(), 0, LARGEST_NAME);
                case 'g' -> {}
                default -> {
                    return Optional.of(entry(block, type));
                }
            }
        }
    }

    private void open(long size) {
        left = size;
        padding = (BLOCK - size % BLOCK) % BLOCK;
    }

    private Entry entry(byte[] block, char type) {
        var prefix = text(block, 257, 5).equals("ustar") ? text(block, 345, 155) : "";
        var plain = prefix.isEmpty() ? text(block, 0, 100) : prefix + "/" + text(block, 0, 100);
        var name = longName.isEmpty() ? plain : longName;
        var link = longLink.isEmpty() ? text(block, 157, 100) : longLink;
        var linked = type == '1' || type == '2';
        longName = "";
        longLink = "";
        longSize = -1;
        return new Entry(
                name.startsWith("./") ? name.substring(2) : name,
                type == '0' || type == 0 || type == '7',
                linked ? link : "",
                left);
    }

    private byte[] extension() throws IOException {
        if (left > LARGEST_NAME) {
            throw new InvalidArgument("image archive: header of " + left + " bytes");
        }
        var bytes = new byte[(int) left];
        if (read(bytes) < bytes.length) {
            throw cut();
        }
        return bytes;
    }

    private void pax(byte[] records) {
        for (var at = 0; at < records.length; ) {
            var space = at;
            while (space < records.length && records[space] != ' ') {
                space++;
            }
            var length = decimal(new String(records, at, space - at, StandardCharsets.US_ASCII));
            if (length <= space - at + 1 || at + length > records.length) {
                throw new InvalidArgument("image archive: malformed PAX record");
            }
            var record = new String(records, space + 1, (int) (at + length - space - 2), StandardCharsets.UTF_8);
            var equals = record.indexOf('=');
            var value = record.substring(equals + 1);
            switch (record.substring(0, Math.max(0, equals))) {
                case "path" -> longName = value;
                case "linkpath" -> longLink = value;
                case "size" -> longSize = decimal(value);
                default -> {}
            }
            at += (int) length;
        }
    }

    private static long decimal(String text) {
        if (!text.matches("[0-9]{1,18}")) {
            throw new InvalidArgument("image archive: malformed number \"" + text + "\"");
        }
        return Long.parseLong(text);
    }

    /// Fills the buffer as far as the entry goes.
    int read(byte[] buffer) throws IOException {
        var wanted = (int) Math.min(left, buffer.length);
        var count = input.readNBytes(buffer, 0, wanted);
        if (count < wanted) {
            throw cut();
        }
        left -= count;
        return count;
    }

    private static IOException cut() {
        return new IOException("image archive: unexpected end");
    }

    private static boolean isZero(byte[] block) {
        for (var b : block) {
            if (b != 0) {
                return false;
            }
        }
        return true;
    }

    private static String text(byte[] block, int from, int length) {
        var end = from;
        while (end < Math.min(block.length, from + length) && block[end] != 0) {
            end++;
        }
        return new String(block, from, end - from, StandardCharsets.UTF_8);
    }

    private static long number(byte[] block, int from, int length) {
        if ((block[from] & 0x80) != 0) {
            long value = block[from] & 0x3f;
            for (var i = from + 1; i < from + length; i++) {
                value = value << 8 | (block[i] & 0xff);
            }
            if (value < 0) {
                throw new InvalidArgument("image archive: negative size");
            }
            return value;
        }
        var octal = text(block, from, length).strip();
        if (!octal.matches("[0-7]{0,21}")) {
            throw new InvalidArgument("image archive: malformed header");
        }
        return octal.isEmpty() ? 0 : Long.parseLong(octal, 8);
    }
}
