package dev.coracle.gotemplate;

import static dev.coracle.gotemplate.Functions.Parameter.ANY;
import static dev.coracle.gotemplate.Functions.Parameter.STRING;

import dev.coracle.gotemplate.Functions.Body;
import dev.coracle.gotemplate.Functions.Failure;
import dev.coracle.gotemplate.Functions.Function;
import dev.coracle.gotemplate.Functions.Parameter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The functions of Go's text/template.
final class Builtins {
    private Builtins() {}

    static Map<String, Function> all() {
        var functions = new TreeMap<String, Function>();
        // decided while they are evaluated, see Execution
        variadic(functions, "and", List.of(ANY, ANY), List::getLast);
        variadic(functions, "or", List.of(ANY, ANY), List::getLast);
        variadic(functions, "call", List.of(ANY, ANY), arguments -> arguments);
        fixed(functions, "not", List.of(ANY), arguments -> !Go.isTrue(arguments.getFirst()));
        fixed(functions, "len", List.of(ANY), arguments -> length(Go.bare(arguments.getFirst())));
        variadic(functions, "index", List.of(ANY, ANY), Builtins::index);
        variadic(functions, "slice", List.of(ANY, ANY), Builtins::slice);
        variadic(functions, "print", List.of(ANY), arguments -> Format.print(bare(arguments)));
        variadic(functions, "println", List.of(ANY), arguments -> Format.println(bare(arguments)));
        variadic(functions, "printf", List.of(STRING, ANY), Builtins::printf);
        variadic(functions, "html", List.of(ANY), arguments -> Escapes.html(joined(arguments)));
        variadic(functions, "js", List.of(ANY), arguments -> Escapes.js(joined(arguments)));
        variadic(functions, "urlquery", List.of(ANY), arguments -> Escapes.urlQuery(joined(arguments)));
        Comparisons.addTo(functions);
        return functions;
    }

    static void fixed(Map<String, Function> functions, String name, List<Parameter> parameters, Body body) {
        functions.put(name, new Function(name, parameters, false, body));
    }

    static void variadic(Map<String, Function> functions, String name, List<Parameter> parameters, Body body) {
        functions.put(name, new Function(name, parameters, true, body));
    }

    private static List<Object> bare(List<Object> arguments) {
        return arguments.stream().map(Go::bare).toList();
    }

    private static Object printf(List<Object> arguments) {
        return Format.printf((String) arguments.getFirst(), bare(arguments.subList(1, arguments.size())));
    }

    private static String joined(List<Object> arguments) {
        if (arguments.size() == 1 && Go.bare(arguments.getFirst()) instanceof String text) {
            return text;
        }
        return Format.print(arguments.stream()
                .map(argument -> Go.MISSING.equals(argument) ? "<no value>" : Go.bare(argument))
                .toList());
    }

    private static Object length(Object value) {
        return switch (value) {
            case String text -> bytes(text).length;
            case List<?> list -> list.size();
            case Map<?, ?> map -> map.size();
            case Go.Special _ -> throw new Failure("len of nil pointer");
            default -> throw new Failure("len of type " + Go.type(value));
        };
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static Object index(List<Object> arguments) {
        var item = arguments.getFirst();
        if (Go.bare(item) instanceof Go.Special) {
            throw new Failure("index of untyped nil");
        }
        for (var index : arguments.subList(1, arguments.size())) {
            item = element(Go.bare(item), Go.bare(index));
        }
        return item;
    }

    private static Object element(Object item, Object index) {
        return switch (item) {
            case Go.Special _ -> throw new Failure("index of nil pointer");
            case String text -> (short) (bytes(text)[position(index, bytes(text).length, false)] & 0xff);
            case List<?> list -> Go.elements(list).get(position(index, list.size(), false));
            case Map<?, ?> map -> {
                var key = key(index);
                yield map.containsKey(key) ? Go.element(map, key) : new Go.Any(Go.NIL);
            }
            default -> throw new Failure("can't index item of type " + Go.type(item));
        };
    }

    private static String key(Object index) {
        if (index instanceof String text) {
            return text;
        }
        throw new Failure(
                index instanceof Go.Special
                        ? "value is nil; should be of type string"
                        : "value has type " + Go.type(index) + "; should be string");
    }

    private static int position(Object index, int size, boolean atEnd) {
        if (index instanceof Go.Special) {
            throw new Failure("cannot index slice/array with nil");
        }
        if (!Go.isWhole(index)) {
            throw new Failure("cannot index slice/array with type " + Go.type(index));
        }
        var position = ((Number) index).longValue();
        if (position < 0 || position > size) {
            throw new Failure("index out of range: " + position);
        }
        if (position == size && !atEnd) {
            throw new Failure("reflect: slice index out of range");
        }
        return (int) position;
    }

    private static Object slice(List<Object> arguments) {
        var item = Go.bare(arguments.getFirst());
        var indexes = bare(arguments.subList(1, arguments.size()));
        if (item instanceof Go.Special) {
            throw new Failure("slice of untyped nil");
        }
        if (indexes.size() > 3) {
            throw new Failure("too many slice indexes: " + indexes.size());
        }
        return switch (item) {
            case String _ when indexes.size() == 3 -> throw new Failure("cannot 3-index slice a string");
            case String text -> {
                var bytes = bytes(text);
                var range = range(indexes, bytes.length);
                yield new String(Arrays.copyOfRange(bytes, range[0], range[1]), StandardCharsets.UTF_8);
            }
            case List<?> list -> {
                var range = range(indexes, list.size());
                yield list.subList(range[0], range[1]);
            }
            default -> throw new Failure("can't slice item of type " + Go.type(item));
        };
    }

    private static int[] range(List<Object> indexes, int size) {
        var range = new int[] {0, size, size};
        for (var i = 0; i < indexes.size(); i++) {
            range[i] = position(indexes.get(i), size, true);
        }
        if (range[0] > range[1]) {
            throw new Failure("invalid slice index: " + range[0] + " > " + range[1]);
        }
        if (range[1] > range[2]) {
            throw new Failure("invalid slice index: " + range[1] + " > " + range[2]);
        }
        return range;
    }
}
