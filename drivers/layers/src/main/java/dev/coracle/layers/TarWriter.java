package dev.coracle.layers;

import dev.coracle.linux.FileName;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;

/// Writes an archive: ustar headers, and PAX records only for what those cannot hold, so that
/// the same tree always gives the same bytes. Sparse files are written out in full: few readers
/// of layers know better, and runs of zeros cost nothing once compressed.
final class TarWriter implements AutoCloseable {
    private static final int NAME = 100;
    private static final byte[] PAX_NAME = "././@PaxHeader".getBytes(StandardCharsets.US_ASCII);

    private final OutputStream output;
    private long dataLeft;
    private int padding;

    TarWriter(OutputStream output) {
        this.output = output;
    }

    /// Begins an entry; a file's data must follow by [#data] in full.
    void begin(TarEntry entry) throws IOException {
        endData();
        var pax = extension(entry);
        if (!pax.isEmpty()) {
            var data = pax.bytes();
            var plain = new TarEntry(
                    EntryType.FILE,
                    FileName.of(PAX_NAME),
                    Optional.empty(),
                    new TarEntry.Owner(0644, 0, 0),
                    data.length,
                    Instant.EPOCH);
            output.write(header(plain, 'x'));
            output.write(data);
            output.write(new byte[-data.length & (TarHeader.BLOCK - 1)]);
        }
        output.write(header(entry, entry.type().flag()));
        dataLeft = entry.type() == EntryType.FILE ? entry.size() : 0;
        padding = (int) (-dataLeft & (TarHeader.BLOCK - 1));
    }

    void data(byte[] bytes, int offset, int length) throws IOException {
        if (length > dataLeft) {
            throw new IOException("a file has grown while it was read");
        }
        output.write(bytes, offset, length);
        dataLeft -= length;
    }

    private void endData() throws IOException {
        if (dataLeft > 0) {
            throw new IOException("a file has shrunk while it was read");
        }
        output.write(new byte[padding]);
        padding = 0;
    }

    /// What does not fit the header.
    private static PaxRecords.Builder extension(TarEntry entry) {
        var pax = new PaxRecords.Builder();
        if (!fits(name(entry))) {
            pax.add("path", name(entry));
        }
        if (entry.link().isPresent() && !fits(entry.link().get().bytes())) {
            pax.add("linkpath", entry.link().get().bytes());
        }
        number(pax, "uid", entry.owner().user(), 8);
        number(pax, "gid", entry.owner().group(), 8);
        number(pax, "size", entry.size(), 12);
        var modified = entry.modified();
        if (modified.getNano() != 0 || !TarNumbers.fitsOctal(modified.getEpochSecond(), 12)) {
            pax.add("mtime", seconds(modified));
        }
        new TreeMap<>(entry.attributes()).forEach(pax::attribute);
        return pax;
    }

    private static void number(PaxRecords.Builder pax, String key, long value, int length) {
        if (!TarNumbers.fitsOctal(value, length)) {
            pax.add(key, Long.toString(value));
        }
    }

    private static String seconds(Instant time) {
        var second = time.getEpochSecond();
        var nanos = time.getNano();
        if (nanos == 0) {
            return Long.toString(second);
        }
        var negative = second < 0;
        var whole = negative ? -(second + 1) : second;
        var decimals = String.format(Locale.ROOT, "%09d", negative ? 1_000_000_000 - nanos : nanos);
        return (negative ? "-" : "") + whole + "." + decimals.replaceAll("0+$", "");
    }

    /// Directories end with a slash.
    private static byte[] name(TarEntry entry) {
        var name = entry.name().bytes();
        if (!entry.isDirectory() || name[name.length - 1] == '/') {
            return name;
        }
        var slashed = Arrays.copyOf(name, name.length + 1);
        slashed[name.length] = '/';
        return slashed;
    }

    /// A header holds short names of ASCII letters; others would be read as who knows what.
    private static boolean fits(byte[] name) {
        if (name.length > NAME) {
            return false;
        }
        for (var b : name) {
            if (b < 0) {
                return false;
            }
        }
        return true;
    }

    private static byte[] header(TarEntry entry, char flag) {
        var block = new byte[TarHeader.BLOCK];
        text(block, 0, name(entry));
        TarNumbers.putOctal(block, 100, 8, entry.owner().mode());
        octal(block, 108, 8, entry.owner().user());
        octal(block, 116, 8, entry.owner().group());
        octal(block, 124, 12, entry.size());
        octal(block, 136, 12, entry.modified().getEpochSecond());
        Arrays.fill(block, 148, 156, (byte) ' ');
        block[156] = (byte) flag;
        entry.link().ifPresent(link -> text(block, 157, link.bytes()));
        text(block, 257, new byte[] {'u', 's', 't', 'a', 'r', 0, '0', '0'});
        octal(block, 329, 8, entry.device().major());
        octal(block, 337, 8, entry.device().minor());
        var sum = 0;
        for (var b : block) {
            sum += b & 0xff;
        }
        TarNumbers.putOctal(block, 148, 7, sum);
        block[155] = ' ';
        return block;
    }

    /// A number, or 0 when a PAX record holds it.
    private static void octal(byte[] block, int offset, int length, long value) {
        TarNumbers.putOctal(block, offset, length, TarNumbers.fitsOctal(value, length) ? value : 0);
    }

    private static void text(byte[] block, int offset, byte[] text) {
        System.arraycopy(text, 0, block, offset, Math.min(text.length, NAME));
    }

    /// Ends the archive, not the output.
    @Override
    public void close() throws IOException {
        endData();
        output.write(new byte[2 * TarHeader.BLOCK]);
    }
}
