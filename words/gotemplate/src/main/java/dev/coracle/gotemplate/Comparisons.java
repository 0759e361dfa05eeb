package dev.coracle.gotemplate;

import static dev.coracle.gotemplate.Functions.Parameter.ANY;

import dev.coracle.gotemplate.Functions.Failure;
import dev.coracle.gotemplate.Functions.Function;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// `eq`, `ne`, `lt`, `le`, `gt` and `ge`, with Go's rules for kinds.
final class Comparisons {
    private enum Kind {
        NONE,
        BOOL,
        WHOLE,
        FLOAT,
        STRING
    }

    private Comparisons() {}

    static void addTo(Map<String, Function> functions) {
        var two = List.of(ANY, ANY);
        Builtins.variadic(functions, "eq", two, arguments -> equal(arguments));
        Builtins.fixed(functions, "ne", two, arguments -> !equal(arguments));
        Builtins.fixed(functions, "lt", two, arguments -> less(arguments));
        Builtins.fixed(functions, "le", two, arguments -> less(arguments) || equal(arguments));
        Builtins.fixed(functions, "gt", two, arguments -> !less(arguments) && !equal(arguments));
        Builtins.fixed(functions, "ge", two, arguments -> !less(arguments));
    }

    private static Kind kind(Object value) {
        return switch (value) {
            case Boolean _ -> Kind.BOOL;
            case String _ -> Kind.STRING;
            case Double _ -> Kind.FLOAT;
            case Number _ -> Kind.WHOLE;
            default -> Kind.NONE;
        };
    }

    private static boolean equal(List<Object> arguments) {
        if (arguments.size() == 1) {
            throw new Failure("missing argument for comparison");
        }
        var first = Go.bare(arguments.getFirst());
        for (var other : arguments.subList(1, arguments.size())) {
            if (equal(first, Go.bare(other))) {
                return true;
            }
        }
        return false;
    }

    private static boolean equal(Object left, Object right) {
        var nil = left instanceof Go.Special || right instanceof Go.Special;
        if (kind(left) != kind(right)) {
            if (nil) {
                return false;
            }
            throw incompatible(left, right);
        }
        if (kind(left) == Kind.WHOLE) {
            return ((Number) left).longValue() == ((Number) right).longValue();
        }
        if (nil) {
            return left instanceof Go.Special && right instanceof Go.Special;
        }
        var comparable = Arrays.asList(left, right).stream().noneMatch(Comparisons::isContainer);
        if (!comparable) {
            throw new Failure("non-comparable type " + Format.print(List.of(right)) + ": " + Go.type(right));
        }
        return Objects.equals(left, right);
    }

    private static boolean isContainer(Object value) {
        return value instanceof List || value instanceof Map || value instanceof GoStruct;
    }

    private static boolean less(List<Object> arguments) {
        var left = Go.bare(arguments.getFirst());
        var right = Go.bare(arguments.get(1));
        if (kind(left) == Kind.NONE || kind(right) == Kind.NONE) {
            throw new Failure("invalid type for comparison");
        }
        if (kind(left) != kind(right)) {
            throw incompatible(left, right);
        }
        return switch (kind(left)) {
            case NONE, BOOL -> throw new Failure("invalid type for comparison");
            case WHOLE -> ((Number) left).longValue() < ((Number) right).longValue();
            case FLOAT -> (Double) left < (Double) right;
            case STRING -> compareBytes((String) left, (String) right) < 0;
        };
    }

    private static int compareBytes(String left, String right) {
        return Arrays.compareUnsigned(Builtins.bytes(left), Builtins.bytes(right));
    }

    private static Failure incompatible(Object left, Object right) {
        return new Failure("incompatible types for comparison: " + Go.type(left) + " and " + Go.type(right));
    }
}
