package dev.coracle.gotemplate;

import static dev.coracle.gotemplate.Functions.Parameter.ANY;
import static dev.coracle.gotemplate.Functions.Parameter.INT;
import static dev.coracle.gotemplate.Functions.Parameter.STRING;
import static dev.coracle.gotemplate.Functions.Parameter.STRINGS;

import dev.coracle.gotemplate.Functions.Body;
import dev.coracle.gotemplate.Functions.Failure;
import dev.coracle.gotemplate.Functions.Function;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// The functions that the docker command line adds to Go's.
final class DockerFunctions {
    private static final int WIDEST_PAD = 10_000;

    private DockerFunctions() {}

    static Map<String, Function> all() {
        var functions = new TreeMap<String, Function>();
        Builtins.fixed(functions, "json", List.of(ANY), arguments -> GoJson.compact(arguments.getFirst()));
        Builtins.fixed(functions, "split", List.of(STRING, STRING), DockerFunctions::split);
        Builtins.fixed(functions, "join", List.of(STRINGS, STRING), DockerFunctions::join);
        Builtins.fixed(functions, "title", List.of(STRING), arguments -> title(text(arguments, 0)));
        Builtins.fixed(
                functions,
                "lower",
                List.of(STRING),
                arguments -> text(arguments, 0).toLowerCase(Locale.ROOT));
        Builtins.fixed(
                functions,
                "upper",
                List.of(STRING),
                arguments -> text(arguments, 0).toUpperCase(Locale.ROOT));
        Builtins.fixed(functions, "pad", List.of(STRING, INT, INT), DockerFunctions::pad);
        Builtins.fixed(functions, "truncate", List.of(STRING, INT), DockerFunctions::truncate);
        return functions;
    }

    static Map<String, Function> header() {
        Body unchanged = arguments -> text(arguments, 0);
        var functions = new TreeMap<String, Function>();
        Builtins.fixed(functions, "json", List.of(STRING), unchanged);
        Builtins.fixed(functions, "title", List.of(STRING), unchanged);
        Builtins.fixed(functions, "lower", List.of(STRING), unchanged);
        Builtins.fixed(functions, "upper", List.of(STRING), unchanged);
        Builtins.fixed(functions, "truncate", List.of(STRING, INT), unchanged);
        Builtins.fixed(functions, "split", List.of(STRING, STRING), unchanged);
        Builtins.fixed(functions, "join", List.of(STRING, STRING), unchanged);
        Builtins.fixed(functions, "pad", List.of(STRING, INT, INT), DockerFunctions::pad);
        return functions;
    }

    private static String text(List<Object> arguments, int index) {
        return (String) arguments.get(index);
    }

    private static int number(List<Object> arguments, int index) {
        return Math.toIntExact(((Number) arguments.get(index)).longValue());
    }

    private static Object split(List<Object> arguments) {
        var text = text(arguments, 0);
        var by = text(arguments, 1);
        if (by.isEmpty()) {
            return text.codePoints().mapToObj(Character::toString).toList();
        }
        return List.of(text.split(Pattern.quote(by), -1));
    }

    private static Object join(List<Object> arguments) {
        return ((List<?>) arguments.getFirst())
                .stream()
                        .map(element -> Format.print(List.of(Go.bare(Go.of(element)))))
                        .collect(Collectors.joining(text(arguments, 1)));
    }

    private static String title(String text) {
        var out = new StringBuilder();
        var before = (int) ' ';
        for (var c : text.codePoints().toArray()) {
            var inWord = before == '_' || Character.isLetterOrDigit(before) || (before > 0x7f && !blank(before));
            out.appendCodePoint(inWord ? c : Character.toTitleCase(c));
            before = c;
        }
        return out.toString();
    }

    private static boolean blank(int c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c);
    }

    private static Object pad(List<Object> arguments) {
        var text = text(arguments, 0);
        var before = number(arguments, 1);
        var after = number(arguments, 2);
        if (before < 0 || after < 0 || before > WIDEST_PAD || after > WIDEST_PAD) {
            throw new Failure("strings: negative or too large Repeat count");
        }
        return text.isEmpty() ? text : " ".repeat(before) + text + " ".repeat(after);
    }

    private static Object truncate(List<Object> arguments) {
        var bytes = Builtins.bytes(text(arguments, 0));
        var length = number(arguments, 1);
        if (length < 0) {
            throw new Failure("runtime error: slice bounds out of range [:" + length + "]");
        }
        return bytes.length < length
                ? text(arguments, 0)
                : new String(Arrays.copyOf(bytes, length), StandardCharsets.UTF_8);
    }
}
