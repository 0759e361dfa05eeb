package dev.coracle.logs;

import dev.coracle.core.logs.LogEntry;
import dev.coracle.core.logs.LogSink;
import dev.coracle.core.logs.LogSource;
import dev.coracle.linux.ErrnoException;
import dev.coracle.linux.Self;
import dev.coracle.linux.UnixSocket;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// A syslog server: this machine's, or another over UDP, TCP or TLS. Messages as RFC 3164 or RFC 5424
/// have them, and without a host's name to the local socket, whose server knows it.
record Syslog(Path local) implements Service {
    private static final String ADDRESS = "syslog-address";
    private static final String FACILITY = "syslog-facility";
    private static final String FORMAT = "syslog-format";
    private static final String AUTHORITY = "syslog-tls-ca-cert";
    private static final int PORT = 514;
    private static final int TLS_PORT = 6514;
    private static final int ERROR = 3;
    private static final int INFO = 6;
    private static final int DAEMON = 3;
    /// In the order of their numbers (RFC 5424, table 1); the gap is for what only systems use.
    private static final List<String> FACILITIES = List.of(
            "kern",
            "user",
            "mail",
            "daemon",
            "auth",
            "syslog",
            "lpr",
            "news",
            "uucp",
            "cron",
            "authpriv",
            "ftp",
            "",
            "",
            "",
            "",
            "local0",
            "local1",
            "local2",
            "local3",
            "local4",
            "local5",
            "local6",
            "local7");

    @Override
    public Set<String> options() {
        return Set.of(ADDRESS, FACILITY, FORMAT, AUTHORITY);
    }

    @Override
    public void check(Options options) {
        address(options);
        facility(options);
        format(options);
    }

    private Address address(Options options) {
        var text = options.text(ADDRESS);
        if (text.isEmpty()) {
            return new Address("unixgram", "", 0, local.toString());
        }
        var scheme = text.get().replaceFirst("://.*", "");
        if (!text.get().contains("://")
                || !List.of("udp", "tcp", "tcp+tls", "unix", "unixgram").contains(scheme)) {
            throw options.refused(ADDRESS, "does not begin with udp://, tcp://, tcp+tls://, unix:// or unixgram://");
        }
        return Address.of(options, ADDRESS, text.get(), scheme.equals("tcp+tls") ? TLS_PORT : PORT);
    }

    private static int facility(Options options) {
        var text = options.text(FACILITY);
        if (text.isEmpty()) {
            return DAEMON;
        }
        var number = FACILITIES.indexOf(text.get());
        if (number >= 0) {
            return number;
        }
        if (text.get().matches("[0-9]{1,2}") && Integer.parseInt(text.get()) < FACILITIES.size()) {
            return Integer.parseInt(text.get());
        }
        throw options.refused(FACILITY, "is no facility of syslog");
    }

    private enum Format {
        LOCAL,
        RFC3164,
        RFC5424,
        RFC5424_MICRO
    }

    private static Format format(Options options) {
        return switch (options.values().getOrDefault(FORMAT, "")) {
            case "" -> Format.LOCAL;
            case "rfc3164" -> Format.RFC3164;
            case "rfc5424" -> Format.RFC5424;
            case "rfc5424micro" -> Format.RFC5424_MICRO;
            default -> throw options.refused(FORMAT, "is none of rfc3164, rfc5424, rfc5424micro");
        };
    }

    @Override
    public LogSink open(Options options, LogSource source) throws IOException {
        var address = address(options);
        var format = format(options);
        var isLocal = address.scheme().startsWith("unix");
        var real = format == Format.LOCAL && !isLocal ? Format.RFC3164 : format;
        var isFramed = address.scheme().equals("tcp+tls") && (real == Format.RFC5424 || real == Format.RFC5424_MICRO);
        var isStream = !address.scheme().equals("udp") && !address.scheme().equals("unixgram");
        return new Sink(
                connect(options, address),
                new Shape(real, facility(options) * 8, Tags.tag(options, source), host(), isStream, isFramed));
    }

    private static Wire connect(Options options, Address address) throws IOException {
        return switch (address.scheme()) {
            case "udp" -> Wire.udp(address);
            case "tcp" -> Wire.tcp(address);
            case "tcp+tls" -> Wire.tls(address, Trust.factory(options.text(AUTHORITY)));
            case "unix" -> Wire.unix(Path.of(address.path()), UnixSocket.Type.STREAM);
            default -> local(Path.of(address.path()));
        };
    }

    /// Servers listen for datagrams, most of them; some for a stream.
    private static Wire local(Path path) throws ErrnoException {
        try {
            return Wire.unix(path, UnixSocket.Type.DATAGRAM);
        } catch (ErrnoException failure) {
            if (failure.is(dev.coracle.linux.Errno.EPROTOTYPE)) {
                return Wire.unix(path, UnixSocket.Type.STREAM);
            }
            throw failure;
        }
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (IOException unnamed) {
            return "localhost";
        }
    }

    /// How messages are written.
    ///
    /// @param isStream whether messages need an end
    /// @param isFramed whether they have their length before them (RFC 5425)
    private record Shape(Format format, int facility, String tag, String host, boolean isStream, boolean isFramed) {
        private static final DateTimeFormatter OLD =
                DateTimeFormatter.ofPattern("MMM ppd HH:mm:ss", Locale.ROOT).withZone(ZoneId.systemDefault());
        private static final DateTimeFormatter SECONDS = DateTimeFormatter.ofPattern(
                        "yyyy-MM-dd'T'HH:mm:ssXXX", Locale.ROOT)
                .withZone(ZoneId.systemDefault());
        private static final DateTimeFormatter MICROS = DateTimeFormatter.ofPattern(
                        "yyyy-MM-dd'T'HH:mm:ss.SSSSSSXXX", Locale.ROOT)
                .withZone(ZoneId.systemDefault());

        byte[] message(LogEntry entry) {
            var out = new ByteArrayOutputStream();
            out.writeBytes(head(entry).getBytes(StandardCharsets.UTF_8));
            out.writeBytes(entry.bytes());
            if (isFramed) {
                var framed = new ByteArrayOutputStream();
                framed.writeBytes((out.size() + " ").getBytes(StandardCharsets.US_ASCII));
                framed.writeBytes(out.toByteArray());
                return framed.toByteArray();
            }
            if (isStream) {
                out.write('\n');
            }
            return out.toByteArray();
        }

        private String head(LogEntry entry) {
            var priority = "<" + (facility + (entry.isError() ? ERROR : INFO)) + ">";
            var time = entry.time().truncatedTo(ChronoUnit.MICROS);
            var pid = Self.pid();
            return switch (format) {
                case LOCAL -> priority + OLD.format(time) + " " + tag + "[" + pid + "]: ";
                case RFC3164 -> priority + OLD.format(time) + " " + host + " " + tag + "[" + pid + "]: ";
                case RFC5424 -> newer(priority, SECONDS, time, pid);
                case RFC5424_MICRO -> newer(priority, MICROS, time, pid);
            };
        }

        private String newer(String priority, DateTimeFormatter times, Instant time, long pid) {
            return priority + "1 " + times.format(time) + " " + host + " " + tag + " " + pid + " " + tag + " - ";
        }
    }

    private record Sink(Wire wire, Shape shape) implements LogSink {
        @Override
        public void send(LogEntry entry) throws IOException {
            wire.send(shape.message(entry));
        }

        @Override
        public void close() {
            wire.close();
        }
    }
}
