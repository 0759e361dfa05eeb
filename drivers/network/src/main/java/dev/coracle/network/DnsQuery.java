package dev.coracle.network;

import java.net.InetAddress;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// One question of a client, read strictly (RFC 1035, 6891), and the answers to it. What is not
/// exactly one well-formed question is not a query; nothing in it is followed or believed.
final class DnsQuery {
    static final int A = 1;
    static final int PTR = 12;
    static final int AAAA = 28;
    static final int ANY = 255;
    static final int NO_ERROR = 0;
    static final int FORMAT_ERROR = 1;
    static final int SERVER_FAILURE = 2;
    static final int NO_SUCH_NAME = 3;
    static final int NOT_IMPLEMENTED = 4;

    private static final int HEADER = 12;
    private static final int INTERNET = 1;
    private static final int OPT = 41;
    private static final int LONGEST_LABEL = 63;
    private static final int LONGEST_NAME = 255;
    /// Without EDNS, over UDP.
    private static final int CLASSIC = 512;
    /// What is never cut by networks, whatever the client can take.
    private static final int LARGEST_UDP = 1232;
    // short: a container that comes back may have another address
    private static final int SECONDS_TO_LIVE = 5;

    private final byte[] message;
    private final int questionEnd;
    private final String name;
    private final int type;
    private final int payload;

    private DnsQuery(byte[] message, int questionEnd, String name, int type, int payload) {
        this.message = message;
        this.questionEnd = questionEnd;
        this.name = name;
        this.type = type;
        this.payload = payload;
    }

    /// Reads a query, or nothing when it is none.
    static Optional<DnsQuery> read(byte[] message) {
        var in = ByteBuffer.wrap(message);
        if (message.length < HEADER || (message[2] & 0xf8) != 0 || in.getShort(4) != 1 || in.getShort(6) != 0) {
            return Optional.empty();
        }
        try {
            in.position(HEADER);
            var name = name(in);
            var type = Short.toUnsignedInt(in.getShort());
            var internet = Short.toUnsignedInt(in.getShort());
            var end = in.position();
            if (name.isEmpty() || (internet != INTERNET && internet != ANY)) {
                return Optional.empty();
            }
            var more = Short.toUnsignedInt(in.getShort(8)) + Short.toUnsignedInt(in.getShort(10));
            return Optional.of(new DnsQuery(message, end, name.get(), type, payload(in, more)));
        } catch (BufferUnderflowException | IndexOutOfBoundsException | IllegalArgumentException e) {
            // lengths that lead behind the end
            return Optional.empty();
        }
    }

    /// A name in lower case; a question's is never compressed.
    private static Optional<String> name(ByteBuffer in) {
        var text = new StringBuilder();
        var start = in.position();
        while (true) {
            var length = Byte.toUnsignedInt(in.get());
            if (length == 0) {
                return Optional.of(text.toString());
            }
            if (length > LONGEST_LABEL || in.position() + length - start > LONGEST_NAME) {
                return Optional.empty();
            }
            var label = new byte[length];
            in.get(label);
            if (!text.isEmpty()) {
                text.append('.');
            }
            for (var b : label) {
                // a dot inside a label must not look like one between labels
                text.append(b == '.' ? '\0' : (char) Byte.toUnsignedInt(b));
            }
        }
    }

    /// How large an answer may be, by the OPT record if there is one.
    private static int payload(ByteBuffer in, int records) {
        for (var left = records; left > 0 && in.hasRemaining(); left--) {
            var plain = in.get(in.position()) == 0;
            skipName(in);
            var type = Short.toUnsignedInt(in.getShort());
            var size = Short.toUnsignedInt(in.getShort());
            in.getInt();
            in.position(in.position() + Short.toUnsignedInt(in.getShort()));
            if (type == OPT && plain) {
                return Math.clamp(size, CLASSIC, LARGEST_UDP);
            }
        }
        return CLASSIC;
    }

    private static void skipName(ByteBuffer in) {
        var length = Byte.toUnsignedInt(in.get());
        while (length != 0 && length <= LONGEST_LABEL) {
            in.position(in.position() + length);
            length = Byte.toUnsignedInt(in.get());
        }
        if (length > LONGEST_LABEL) {
            in.get();
        }
    }

    /// In lower case, without a dot at the end; empty for the root.
    String name() {
        return name.toLowerCase(Locale.ROOT);
    }

    int type() {
        return type;
    }

    boolean asksFor(int other) {
        return type == other || type == ANY;
    }

    byte[] message() {
        return message.clone();
    }

    /// The address a reverse question is about.
    Optional<InetAddress> reversed() {
        var labels = name().split("\\.", -1);
        if (labels.length == 6 && labels[4].equals("in-addr") && labels[5].equals("arpa")) {
            return literal(labels[3] + "." + labels[2] + "." + labels[1] + "." + labels[0]);
        }
        if (labels.length == 34 && labels[32].equals("ip6") && labels[33].equals("arpa")) {
            var text = new StringBuilder();
            for (var digit = 31; digit >= 0; digit--) {
                text.append(labels[digit]).append(digit % 4 == 0 && digit > 0 ? ":" : "");
            }
            return labels[0].length() == 1 ? literal(text.toString()) : Optional.empty();
        }
        return Optional.empty();
    }

    private static Optional<InetAddress> literal(String text) {
        try {
            return Optional.of(InetAddress.ofLiteral(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /// Does a message answer this question?
    boolean isAnsweredBy(byte[] answer) {
        if (answer.length < questionEnd || answer[0] != message[0] || answer[1] != message[1] || answer[2] >= 0) {
            return false;
        }
        if (answer[4] != 0 || answer[5] != 1) {
            // an upstream that could not read the question may leave it out of its refusal
            return answer[4] == 0 && answer[5] == 0 && (answer[3] & 0xf) != NO_ERROR;
        }
        for (var i = HEADER; i < questionEnd; i++) {
            if (lower(answer[i]) != lower(message[i])) {
                return false;
            }
        }
        return true;
    }

    private static int lower(byte b) {
        return b >= 'A' && b <= 'Z' ? b + 32 : b;
    }

    /// An answer without records.
    byte[] answer(int code) {
        return answer(code, List.of(), Integer.MAX_VALUE);
    }

    /// An answer with the addresses that fit the question's type, cut to what the client can take.
    byte[] addresses(List<InetAddress> addresses, boolean datagram) {
        var records = addresses.stream()
                .filter(address -> asksFor(address.getAddress().length == 4 ? A : AAAA))
                .map(address -> record(address.getAddress().length == 4 ? A : AAAA, address.getAddress()))
                .toList();
        return answer(NO_ERROR, records, datagram ? payload : 0xffff);
    }

    byte[] pointer(String target) {
        var out = ByteBuffer.allocate(LONGEST_NAME + 2);
        for (var label : target.split("\\.", -1)) {
            var bytes = label.getBytes(StandardCharsets.ISO_8859_1);
            if (bytes.length == 0 || bytes.length > LONGEST_LABEL || out.remaining() < bytes.length + 2) {
                return answer(NO_SUCH_NAME);
            }
            out.put((byte) bytes.length).put(bytes);
        }
        out.put((byte) 0);
        return answer(NO_ERROR, List.of(record(PTR, Arrays.copyOf(out.array(), out.position()))), 0xffff);
    }

    private static byte[] record(int type, byte[] data) {
        // the name is the question's, 12 bytes behind the start
        return ByteBuffer.allocate(12 + data.length)
                .putShort((short) 0xc00c)
                .putShort((short) type)
                .putShort((short) INTERNET)
                .putInt(SECONDS_TO_LIVE)
                .putShort((short) data.length)
                .put(data)
                .array();
    }

    private byte[] answer(int code, List<byte[]> records, int largest) {
        var size = questionEnd;
        var count = 0;
        for (var one : records) {
            if (size + one.length > largest) {
                break;
            }
            size += one.length;
            count++;
        }
        var cut = count < records.size() ? 2 : 0;
        var out = ByteBuffer.allocate(size).put(message, 0, questionEnd);
        // an answer with authority, cut or not; recursion as desired, and available
        out.put(2, (byte) (0x84 | cut | (message[2] & 1)))
                .put(3, (byte) (0x80 | code))
                .putShort(6, (short) count)
                .putInt(8, 0);
        records.subList(0, count).forEach(out::put);
        return out.array();
    }

    /// What is said to something that has a header but is no query; nothing when it has none, or is
    /// an answer itself.
    static Optional<byte[]> refusal(byte[] message) {
        if (message.length < HEADER || message[2] < 0) {
            return Optional.empty();
        }
        var code = (message[2] & 0x78) != 0 ? NOT_IMPLEMENTED : FORMAT_ERROR;
        var out = Arrays.copyOf(message, HEADER);
        out[2] = (byte) (0x80 | (message[2] & 0x79));
        out[3] = (byte) (0x80 | code);
        Arrays.fill(out, 4, HEADER, (byte) 0);
        return Optional.of(out);
    }
}
