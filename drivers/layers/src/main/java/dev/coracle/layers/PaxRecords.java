package dev.coracle.layers;

import dev.coracle.layers.TarEntry.Extent;
import java.io.ByteArrayOutputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The records of a PAX extended header: `length key=value\n` (POSIX.1-2017, pax, "Extended
/// Header"). Values are bytes; an empty value takes a record back.
final class PaxRecords {
    /// Where archivers put extended attributes: the first as they are, the second with the name
    /// percent-encoded and the value in base64.
    private static final String SCHILY = "SCHILY.xattr.";

    private static final String LIBARCHIVE = "LIBARCHIVE.xattr.";
    private static final String SPARSE_OFFSET = "GNU.sparse.offset";
    private static final String SPARSE_LENGTH = "GNU.sparse.numbytes";

    private final Map<String, byte[]> records = new LinkedHashMap<>();
    /// GNU sparse 0.0 repeats two keys; their order is the map.
    private final List<Extent> sparse = new ArrayList<>();

    private long sparseOffset = -1;

    /// Reads the records of one header.
    static PaxRecords parse(byte[] data) throws TarException {
        var pax = new PaxRecords();
        for (var at = 0; at < data.length; ) {
            at = pax.record(data, at);
        }
        return pax;
    }

    private int record(byte[] data, int from) throws TarException {
        var at = from;
        var length = 0L;
        while (at < data.length && data[at] >= '0' && data[at] <= '9' && length <= data.length) {
            length = length * 10 + (data[at++] - '0');
        }
        var end = from + length;
        if (at == from || at >= data.length || data[at] != ' ' || end > data.length || end < at + 3L) {
            // a header may be padded with zero bytes instead of ending with its last record
            if (at == from && onlyZeros(data, from)) {
                return data.length;
            }
            throw new TarException("a PAX record has no valid length");
        }
        var stop = (int) end - 1;
        var equals = ++at;
        while (equals < stop && data[equals] != '=') {
            equals++;
        }
        if (equals == stop || equals == at || data[stop] != '\n') {
            throw new TarException("a PAX record is not of the form key=value");
        }
        put(new String(data, at, equals - at, StandardCharsets.UTF_8), Arrays.copyOfRange(data, equals + 1, stop));
        return (int) end;
    }

    private static boolean onlyZeros(byte[] data, int from) {
        for (var at = from; at < data.length; at++) {
            if (data[at] != 0) {
                return false;
            }
        }
        return true;
    }

    private void put(String key, byte[] value) throws TarException {
        switch (key) {
            case SPARSE_OFFSET -> sparseOffset = TarNumbers.decimal(value, key);
            case SPARSE_LENGTH -> {
                if (sparseOffset < 0) {
                    throw new TarException("the PAX record " + SPARSE_LENGTH + " has no offset before it");
                }
                sparse.add(new Extent(sparseOffset, TarNumbers.decimal(value, key)));
                sparseOffset = -1;
            }
            default -> {
                if (value.length == 0 && !key.startsWith(SCHILY)) {
                    records.remove(key);
                } else {
                    records.put(key, value);
                }
            }
        }
    }

    byte @Nullable [] bytes(String key) {
        return records.get(key);
    }

    @Nullable
    String text(String key) {
        var value = records.get(key);
        return value == null ? null : new String(value, StandardCharsets.UTF_8);
    }

    /// A decimal record, or the other number when there is none.
    long number(String key, long otherwise) throws TarException {
        var value = records.get(key);
        return value == null ? otherwise : TarNumbers.decimal(value, key);
    }

    /// The data map of GNU sparse 0.0.
    List<Extent> sparse() {
        return List.copyOf(sparse);
    }

    /// Extended attributes, whichever way they were written.
    Map<String, byte[]> attributes() throws TarException {
        var attributes = new LinkedHashMap<String, byte[]>();
        for (var record : records.entrySet()) {
            var key = record.getKey();
            if (key.startsWith(LIBARCHIVE)) {
                libarchive(attributes, key.substring(LIBARCHIVE.length()), record.getValue());
            }
        }
        for (var record : records.entrySet()) {
            if (record.getKey().startsWith(SCHILY)) {
                attributes.put(record.getKey().substring(SCHILY.length()), record.getValue());
            }
        }
        return attributes;
    }

    private static void libarchive(Map<String, byte[]> attributes, String encoded, byte[] value) throws TarException {
        try {
            var name = URLDecoder.decode(encoded.replace("+", "%2B"), StandardCharsets.UTF_8);
            var text = new String(value, StandardCharsets.ISO_8859_1).replace("=", "");
            attributes.put(name, Base64.getDecoder().decode(text));
        } catch (IllegalArgumentException e) {
            throw new TarException("the PAX record " + LIBARCHIVE + encoded + " is not valid", e);
        }
    }

    /// Collects records to be written.
    static final class Builder {
        private final ByteArrayOutputStream data = new ByteArrayOutputStream();

        Builder add(String key, byte[] value) {
            var name = key.getBytes(StandardCharsets.UTF_8);
            var rest = name.length + value.length + 3;
            var length = rest;
            // the length counts its own digits
            while (length != rest + Integer.toString(length).length()) {
                length = rest + Integer.toString(length).length();
            }
            data.writeBytes((length + " ").getBytes(StandardCharsets.US_ASCII));
            data.writeBytes(name);
            data.write('=');
            data.writeBytes(value);
            data.write('\n');
            return this;
        }

        Builder add(String key, String value) {
            return add(key, value.getBytes(StandardCharsets.UTF_8));
        }

        Builder attribute(String name, byte[] value) {
            return add(SCHILY + name, value);
        }

        boolean isEmpty() {
            return data.size() == 0;
        }

        byte[] bytes() {
            return data.toByteArray();
        }
    }
}
