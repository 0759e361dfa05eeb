package dev.coracle.runtime;

import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.core.tasks.Stdio;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Where one stream of a process goes, as a client words it.
sealed interface StdioTarget {
    /// Nowhere: `/dev/null`.
    record Nothing() implements StdioTarget {}

    /// A named pipe that the client made.
    record NamedPipe(Path path) implements StdioTarget {}

    /// A file that is appended to.
    record AppendedFile(Path path) implements StdioTarget {}

    /// A program that reads the streams from its descriptors 3 and 4; `saysReady` when it writes to descriptor 5
    /// instead of only closing it.
    record Logger(Path program, List<String> arguments, boolean saysReady) implements StdioTarget {
        public Logger {
            arguments = List.copyOf(arguments);
        }
    }

    /// A log that conmon keeps of both streams, and an attach socket.
    ///
    /// @param maxSize bytes after which conmon starts it anew; 0: never
    record Kept(Path log, long maxSize) implements StdioTarget {}

    /// Nothing but an attach socket.
    ///
    /// @param once whether stdin ends with the first client
    record Attachable(boolean once) implements StdioTarget {}

    /// Whether conmon holds the streams, so that one can be attached to them.
    static boolean isAttachable(Stdio stdio) {
        return switch (parse(stdio.stdout())) {
            case Kept _, Attachable _ -> true;
            case Nothing _, NamedPipe _, AppendedFile _, Logger _ -> false;
        };
    }

    static StdioTarget parse(String words) {
        if (words.isEmpty()) {
            return new Nothing();
        }
        var scheme = words.indexOf("://");
        if (scheme < 0) {
            return new NamedPipe(absolute(words, words));
        }
        var rest = words.substring(scheme + 3);
        return switch (words.substring(0, scheme)) {
            case "fifo" -> new NamedPipe(absolute(decoded(path(rest)), words));
            case "file" -> new AppendedFile(absolute(decoded(path(rest)), words));
            case "log" -> new Kept(absolute(decoded(path(rest)), words), maxSize(rest, words));
            case "attach" -> new Attachable(rest.equals("once"));
            case "binary" -> new Logger(absolute(decoded(path(rest)), words), arguments(rest), false);
            case "binary-v2" -> new Logger(absolute(decoded(path(rest)), words), arguments(rest), true);
            default ->
                throw new InvalidArgument("stdio " + words
                        + ": unknown scheme, expected a path, fifo://, file://, binary:// or binary-v2://");
        };
    }

    private static long maxSize(String rest, String words) {
        var arguments = arguments(rest);
        if (arguments.isEmpty()) {
            return 0;
        }
        if (arguments.size() == 2
                && arguments.getFirst().equals("max-size")
                && arguments.getLast().matches("[0-9]{1,18}")) {
            return Long.parseLong(arguments.getLast());
        }
        throw new InvalidArgument("stdio " + words + ": only max-size=BYTES is known");
    }

    private static String path(String rest) {
        var query = rest.indexOf('?');
        return query < 0 ? rest : rest.substring(0, query);
    }

    /// The query becomes arguments: each key, followed by its value when it has one.
    private static List<String> arguments(String rest) {
        var query = rest.indexOf('?');
        var arguments = new ArrayList<String>();
        if (query >= 0) {
            for (var pair : rest.substring(query + 1).split("&", -1)) {
                if (!pair.isEmpty()) {
                    var equals = pair.indexOf('=');
                    arguments.add(decoded(equals < 0 ? pair : pair.substring(0, equals)));
                    arguments.add(equals < 0 ? "" : decoded(pair.substring(equals + 1)));
                }
            }
        }
        return arguments;
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    private static Path absolute(String path, String words) {
        if (!path.startsWith("/")) {
            throw new InvalidArgument("stdio " + words + ": path must be absolute");
        }
        return Path.of(path);
    }
}
