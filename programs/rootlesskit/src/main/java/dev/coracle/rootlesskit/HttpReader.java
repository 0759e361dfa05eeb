package dev.coracle.rootlesskit;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads the requests, and for a client the answers, of one HTTP connection. Lengths are limited: whoever connects may
/// send anything.
final class HttpReader {
    private static final int MOST_HEAD_BYTES = 16 << 10;
    private static final int MOST_BODY_BYTES = 64 << 10;

    /// A request, or an answer whose status stands in `path`.
    record Request(String method, String path, String body, boolean keepsAlive) {}

    /// The bytes are not HTTP as we know it.
    static final class BadRequestException extends IOException {
        private static final long serialVersionUID = 1;

        BadRequestException(String message) {
            super(message);
        }
    }

    private final InputStream input;

    HttpReader(InputStream input) {
        this.input = new BufferedInputStream(input);
    }

    /// The next one; null at the end of the connection.
    @Nullable
    Request next() throws IOException {
        var first = line(MOST_HEAD_BYTES);
        if (first == null) {
            return null;
        }
        var words = first.split(" ", 3);
        if (words.length < 3) {
            throw new BadRequestException("malformed HTTP request");
        }
        var headers = headers();
        var path = words[1].contains("?") ? words[1].substring(0, words[1].indexOf('?')) : words[1];
        var close = headers.getOrDefault("connection", "").equalsIgnoreCase("close") || words[2].equals("HTTP/1.0");
        return new Request(words[0], path, body(headers), !close);
    }

    private Map<String, String> headers() throws IOException {
        var headers = new HashMap<String, String>();
        for (var left = MOST_HEAD_BYTES; ; ) {
            var line = line(left);
            if (line == null) {
                throw new BadRequestException("the connection ended within a request");
            }
            if (line.isEmpty()) {
                return headers;
            }
            left -= line.length() + 2;
            var colon = line.indexOf(':');
            if (colon > 0) {
                headers.put(
                        line.substring(0, colon).toLowerCase(Locale.ROOT),
                        line.substring(colon + 1).strip());
            }
        }
    }

    private String body(Map<String, String> headers) throws IOException {
        if (headers.getOrDefault("transfer-encoding", "").equalsIgnoreCase("chunked")) {
            return chunks();
        }
        return text(length(headers.getOrDefault("content-length", "0"), 10));
    }

    private String chunks() throws IOException {
        var all = new StringBuilder();
        while (true) {
            var size = line(100);
            var length = length(size == null ? "" : size.split(";", 2)[0].strip(), 16);
            if (length == 0) {
                var _ = headers();
                return all.toString();
            }
            if (all.length() + length > MOST_BODY_BYTES) {
                throw new BadRequestException("request body too large");
            }
            all.append(text(length));
            var _ = line(2);
        }
    }

    private static int length(String text, int radix) throws IOException {
        try {
            var length = Integer.parseInt(text, radix);
            if (length < 0 || length > MOST_BODY_BYTES) {
                throw new BadRequestException("request body too large");
            }
            return length;
        } catch (NumberFormatException wrong) {
            throw new BadRequestException("malformed length");
        }
    }

    private String text(int length) throws IOException {
        var bytes = input.readNBytes(length);
        if (bytes.length < length) {
            throw new BadRequestException("the connection ended within a request");
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private @Nullable String line(int most) throws IOException {
        var line = new StringBuilder();
        while (true) {
            var c = input.read();
            if (c < 0) {
                return null;
            }
            if (c == '\n') {
                var end = line.length();
                return end > 0 && line.charAt(end - 1) == '\r' ? line.substring(0, end - 1) : line.toString();
            }
            if (line.length() >= most) {
                throw new BadRequestException("request header too large");
            }
            line.append((char) c);
        }
    }
}
