package dev.coracle.logs;

import dev.coracle.core.logs.LogEntry;
import dev.coracle.core.logs.LogSink;
import dev.coracle.core.logs.LogSource;
import dev.coracle.linux.UnixSocket;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/// Fluentd and Fluent Bit, by the Forward Protocol in its message mode (Fluentd, "Forward Protocol
/// Specification v1"): a line is an array of tag, time and record, in MessagePack.
final class Fluentd implements Service {
    private static final String ADDRESS = "fluentd-address";
    private static final String SUB_SECOND = "fluentd-sub-second-precision";
    private static final String ACK = "fluentd-request-ack";
    private static final String ASYNC = "fluentd-async";
    private static final int PORT = 24_224;
    /// What a sender with a queue in memory needs; here lines wait in the container's own log.
    private static final Set<String> OF_A_QUEUE = Set.of(
            "fluentd-buffer-limit",
            "fluentd-retry-wait",
            "fluentd-max-retries",
            "fluentd-async-reconnect-interval",
            "fluentd-write-timeout");

    private static final List<String> SCHEMES = List.of("tcp", "tls", "unix");

    @Override
    public Set<String> options() {
        var all = new HashSet<>(OF_A_QUEUE);
        all.addAll(Set.of(ADDRESS, SUB_SECOND, ACK, ASYNC));
        return all;
    }

    @Override
    public void check(Options options) {
        address(options);
        options.is(SUB_SECOND);
        options.is(ACK);
        options.is(ASYNC);
        OF_A_QUEUE.stream().filter(options.values()::containsKey).findFirst().ifPresent(key -> {
            throw options.refused(key, "has no meaning here: lines wait in the container's own log until they arrive");
        });
    }

    private static Address address(Options options) {
        var text = options.text(ADDRESS).orElse("127.0.0.1:" + PORT);
        var address = Address.of(options, ADDRESS, text, PORT);
        if (!SCHEMES.contains(address.scheme())) {
            throw options.refused(ADDRESS, "does not begin with tcp://, tls:// or unix://");
        }
        return address;
    }

    @Override
    public LogSink open(Options options, LogSource source) throws IOException {
        var address = address(options);
        var wire = switch (address.scheme()) {
            case "unix" -> Wire.unix(Path.of(address.path()), UnixSocket.Type.STREAM);
            case "tls" -> Wire.tls(address, Trust.factory(Optional.empty()));
            default -> Wire.tcp(address);
        };
        var fields = new LinkedHashMap<String, String>();
        fields.put("container_id", source.id());
        fields.put("container_name", "/" + source.name());
        fields.putAll(Tags.chosen(options, source));
        return new Sink(wire, Tags.tag(options, source), fields, options.is(SUB_SECOND), options.is(ACK));
    }

    private static final class Sink implements LogSink {
        private final Wire wire;
        private final String tag;
        private final Map<String, String> fields;
        private final boolean subSecond;
        private final boolean acknowledged;
        private final AtomicLong number = new AtomicLong();

        Sink(Wire wire, String tag, Map<String, String> fields, boolean subSecond, boolean acknowledged) {
            this.wire = wire;
            this.tag = tag;
            this.fields = fields;
            this.subSecond = subSecond;
            this.acknowledged = acknowledged;
        }

        @Override
        public void send(LogEntry entry) throws IOException {
            var out = new MessagePack();
            out.array(acknowledged ? 4 : 3).text(tag);
            if (subSecond) {
                out.time(entry.time());
            } else {
                out.number(entry.time().getEpochSecond());
            }
            out.map(fields.size() + (entry.isPartial() ? 3 : 2));
            for (var field : fields.entrySet()) {
                out.text(field.getKey()).text(field.getValue());
            }
            out.text("source").text(entry.isError() ? "stderr" : "stdout");
            out.text("log").text(entry.bytes());
            if (entry.isPartial()) {
                out.text("partial_message").text("true");
            }
            if (!acknowledged) {
                wire.send(out.bytes());
                return;
            }
            var chunk = HexFormat.of().toHexDigits(number.incrementAndGet());
            out.map(1).text("chunk").text(chunk);
            wire.send(out.bytes());
            await(new MessagePack().map(1).text("ack").text(chunk).bytes(), chunk);
        }

        /// The answer to one message has the same bytes always.
        private void await(byte[] expected, String chunk) throws IOException {
            var answer = new ByteArrayOutputStream();
            var buffer = new byte[expected.length];
            while (answer.size() < expected.length) {
                var count = wire.receive(buffer);
                if (count == 0) {
                    throw new IOException("the server ended the connection before it acknowledged");
                }
                answer.write(buffer, 0, count);
            }
            if (!answer.toString(StandardCharsets.ISO_8859_1).contains(chunk)) {
                throw new IOException("the server acknowledged something else");
            }
        }

        @Override
        public void close() {
            wire.close();
        }
    }
}
