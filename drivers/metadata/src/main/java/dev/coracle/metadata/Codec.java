package dev.coracle.metadata;

import dev.coracle.base.EngineException.DataLoss;
import dev.coracle.core.types.TypedBytes;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/// How maps and times are stored: a map is a run of netstrings (`3:key5:value`), key after value,
/// sorted by key, so that any text and any bytes survive and a person can still read it; a time is
/// its nanoseconds since 1970.
final class Codec {
    private static final long SECOND = 1_000_000_000L;

    private Codec() {}

    static byte[] labels(Map<String, String> labels) {
        var out = new ByteArrayOutputStream();
        new TreeMap<>(labels).forEach((key, value) -> {
            append(out, key.getBytes(StandardCharsets.UTF_8));
            append(out, value.getBytes(StandardCharsets.UTF_8));
        });
        return out.toByteArray();
    }

    static Map<String, String> labels(byte[] stored) {
        if (stored.length == 0) {
            return Map.of();
        }
        var reader = new Reader(stored);
        var labels = new LinkedHashMap<String, String>();
        while (reader.hasMore()) {
            labels.put(reader.text(), reader.text());
        }
        return labels;
    }

    static byte[] extensions(Map<String, TypedBytes> extensions) {
        var out = new ByteArrayOutputStream();
        new TreeMap<>(extensions).forEach((key, value) -> {
            append(out, key.getBytes(StandardCharsets.UTF_8));
            append(out, value.typeUrl().getBytes(StandardCharsets.UTF_8));
            append(out, value.value());
        });
        return out.toByteArray();
    }

    static Map<String, TypedBytes> extensions(byte[] stored) {
        var reader = new Reader(stored);
        var extensions = new LinkedHashMap<String, TypedBytes>();
        while (reader.hasMore()) {
            extensions.put(reader.text(), new TypedBytes(reader.text(), reader.bytes()));
        }
        return extensions;
    }

    /// Times that do not fit (before 1677, after 2262) become the nearest that does.
    static long nanos(Instant time) {
        try {
            return Math.addExact(Math.multiplyExact(time.getEpochSecond(), SECOND), time.getNano());
        } catch (ArithmeticException _) {
            return time.getEpochSecond() < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
        }
    }

    static Instant time(long nanos) {
        return Instant.ofEpochSecond(Math.floorDiv(nanos, SECOND), Math.floorMod(nanos, SECOND));
    }

    private static void append(ByteArrayOutputStream out, byte[] bytes) {
        out.writeBytes((bytes.length + ":").getBytes(StandardCharsets.US_ASCII));
        out.writeBytes(bytes);
    }

    private static final class Reader {
        private final byte[] stored;
        private int at;

        Reader(byte[] stored) {
            this.stored = stored;
        }

        boolean hasMore() {
            return at < stored.length;
        }

        String text() {
            var start = start();
            return new String(stored, start, at - start, StandardCharsets.UTF_8);
        }

        byte[] bytes() {
            var start = start();
            return java.util.Arrays.copyOfRange(stored, start, at);
        }

        /// Where the next string begins; `at` is where it ends.
        private int start() {
            var length = 0;
            while (at < stored.length && stored[at] >= '0' && stored[at] <= '9' && length < stored.length) {
                length = length * 10 + (stored[at++] - '0');
            }
            if (at >= stored.length || stored[at++] != ':' || length > stored.length - at) {
                throw new DataLoss("metadata store: stored labels cannot be read");
            }
            at += length;
            return at - length;
        }
    }
}
