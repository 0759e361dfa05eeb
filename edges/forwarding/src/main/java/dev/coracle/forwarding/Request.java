package dev.coracle.forwarding;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What a client wants carried out.
///
/// @param release what the client was built from, as the daemon's own
/// @param program the name the client was called by
/// @param arguments without the program's name
/// @param directory the client's working directory, absolute
public record Request(
        String release, String program, List<String> arguments, Path directory, Map<String, String> environment) {
    /// What this tree is built from; the C client is given the same at assembly.
    public static final String RELEASE = "coracle-0.1.0";

    private static final int MOST_WORDS = 1 << 17;

    public Request {
        arguments = List.copyOf(arguments);
        environment = Map.copyOf(environment);
    }

    byte[] encode() {
        var out = new ByteArrayOutputStream();
        put(out, release);
        put(out, program);
        put(out, directory.toString());
        put(out, arguments);
        put(
                out,
                environment.entrySet().stream()
                        .map(entry -> entry.getKey() + "=" + entry.getValue())
                        .toList());
        return out.toByteArray();
    }

    private static void put(ByteArrayOutputStream out, List<String> texts) {
        put(out, texts.size());
        texts.forEach(text -> put(out, text));
    }

    private static void put(ByteArrayOutputStream out, String text) {
        var bytes = text.getBytes(UTF_8);
        put(out, bytes.length);
        out.writeBytes(bytes);
    }

    private static void put(ByteArrayOutputStream out, int number) {
        out.writeBytes(ByteBuffer.allocate(4).putInt(number).array());
    }

    /// Reads what a client has sent, who may be anything.
    static Request decode(ByteBuffer bytes) throws ProtocolException {
        var release = text(bytes, "release");
        var program = text(bytes, "program");
        var directory = directory(text(bytes, "directory"));
        var arguments = new ArrayList<String>();
        for (var left = count(bytes); left > 0; left--) {
            arguments.add(text(bytes, "argument"));
        }
        var environment = new LinkedHashMap<String, String>();
        for (var left = count(bytes); left > 0; left--) {
            // what is no text in the environment is as likely somebody else's, so it must not keep the command back
            var variable = new String(slice(bytes), UTF_8);
            var equals = variable.indexOf('=', 1);
            if (equals > 0) {
                environment.putIfAbsent(variable.substring(0, equals), variable.substring(equals + 1));
            }
        }
        if (bytes.hasRemaining()) {
            throw new ProtocolException(bytes.remaining() + " bytes too many behind the request");
        }
        return new Request(release, program, arguments, directory, environment);
    }

    private static Path directory(String text) throws ProtocolException {
        try {
            var directory = Path.of(text);
            if (directory.isAbsolute()) {
                return directory;
            }
        } catch (InvalidPathException _) {
            // as one that is not absolute
        }
        throw new ProtocolException("the working directory \"" + text + "\" is no absolute path");
    }

    private static int count(ByteBuffer bytes) throws ProtocolException {
        var count = number(bytes);
        if (count < 0 || count > MOST_WORDS) {
            throw new ProtocolException(
                    Integer.toUnsignedString(count) + " words are more than the " + MOST_WORDS + " that are allowed");
        }
        return count;
    }

    private static String text(ByteBuffer bytes, String what) throws ProtocolException {
        var slice = slice(bytes);
        for (var b : slice) {
            if (b == 0) {
                throw new ProtocolException("the " + what + " holds a zero byte");
            }
        }
        try {
            return UTF_8.newDecoder().decode(ByteBuffer.wrap(slice)).toString();
        } catch (CharacterCodingException _) {
            throw new ProtocolException(
                    "the " + what + " \"" + new String(slice, UTF_8) + "\" is not encoded as UTF-8");
        }
    }

    private static byte[] slice(ByteBuffer bytes) throws ProtocolException {
        var length = number(bytes);
        if (length < 0 || length > bytes.remaining()) {
            throw new ProtocolException("the request ends within a word");
        }
        var slice = new byte[length];
        bytes.get(slice);
        return slice;
    }

    private static int number(ByteBuffer bytes) throws ProtocolException {
        if (bytes.remaining() < Integer.BYTES) {
            throw new ProtocolException("the request ends within a number");
        }
        return bytes.getInt();
    }
}
