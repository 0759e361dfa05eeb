package dev.coracle.logs;

import dev.coracle.core.logs.LogEntry;
import dev.coracle.core.logs.LogSink;
import dev.coracle.core.logs.LogSource;
import dev.coracle.linux.UnixSocket;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// systemd's journal, by its native protocol (systemd, "Native Journal Protocol"): a datagram of
/// fields for each line, under the names that Docker gives them.
record Journald(Path socket) implements Service {
    @Override
    public Set<String> options() {
        return Set.of();
    }

    @Override
    public void check(Options options) {
        // nothing of its own
    }

    @Override
    public LogSink open(Options options, LogSource source) throws IOException {
        var fields = new LinkedHashMap<String, String>();
        Tags.chosen(options, source).forEach((name, value) -> fields.put(name(name), value));
        var tag = Tags.tag(options, source);
        fields.put("CONTAINER_ID", source.shortId());
        fields.put("CONTAINER_ID_FULL", source.id());
        fields.put("CONTAINER_NAME", source.name());
        fields.put("CONTAINER_TAG", tag);
        fields.put("IMAGE_NAME", source.image());
        fields.put("SYSLOG_IDENTIFIER", tag);
        return new Sink(Wire.unix(socket, UnixSocket.Type.DATAGRAM), fields);
    }

    /// The journal takes capitals, digits and underscores, no underscore first, and 64 of them.
    private static String name(String text) {
        var name = text.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9_]", "_").replaceFirst("^[_0-9]+", "");
        return name.isEmpty() ? "FIELD" : name.substring(0, Math.min(64, name.length()));
    }

    private record Sink(Wire wire, Map<String, String> fields) implements LogSink {
        @Override
        public void send(LogEntry entry) throws IOException {
            var out = new ByteArrayOutputStream();
            field(out, "MESSAGE", entry.bytes());
            field(out, "PRIORITY", entry.isError() ? "3" : "6");
            field(out, "SYSLOG_TIMESTAMP", entry.time().toString());
            if (entry.isPartial()) {
                field(out, "CONTAINER_PARTIAL_MESSAGE", "true");
            }
            for (var field : fields.entrySet()) {
                field(out, field.getKey(), field.getValue());
            }
            wire.send(out.toByteArray());
        }

        private static void field(ByteArrayOutputStream out, String name, String value) {
            field(out, name, value.getBytes(StandardCharsets.UTF_8));
        }

        /// With its length, so that a line may have any bytes in it.
        private static void field(ByteArrayOutputStream out, String name, byte[] value) {
            out.writeBytes(name.getBytes(StandardCharsets.US_ASCII));
            out.write('\n');
            out.writeBytes(ByteBuffer.allocate(Long.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(value.length)
                    .array());
            out.writeBytes(value);
            out.write('\n');
        }

        @Override
        public void close() {
            wire.close();
        }
    }
}
