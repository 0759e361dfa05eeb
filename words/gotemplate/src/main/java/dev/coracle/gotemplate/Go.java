package dev.coracle.gotemplate;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Go's view of Java values. Inside of this room nothing is null: nil is [#NIL], the value of a
/// key that is not there is [#MISSING], and what sits in a map or list of anything is an [Any].
final class Go {
    /// The nil of Go.
    static final Object NIL = Special.NIL;

    /// No value at all, as a missing key gives.
    static final Object MISSING = Special.MISSING;

    private Go() {}

    enum Special {
        NIL,
        MISSING
    }

    /// A value whose static type is `interface {}`.
    record Any(Object value) {}

    /// A value that is only known by its text.
    record Named(String text, String type) {}

    /// The Go value of a Java value.
    static Object of(@Nullable Object value) {
        return switch (value) {
            case null -> NIL;
            case Optional<?> optional -> optional.isPresent() ? of(optional.get()) : NIL;
            case String _, Boolean _, Integer _, Long _, Short _, Double _ -> value;
            case Special _, Any _, Named _, GoStruct _, Functions.Function _ -> value;
            case Byte number -> number.intValue();
            case Float number -> number.doubleValue();
            case Character c -> (int) c;
            case Map<?, ?> map -> map;
            case List<?> list -> list;
            case Collection<?> collection -> List.copyOf(collection);
            case Record record -> struct(record);
            default -> new Named(value.toString(), value.getClass().getSimpleName());
        };
    }

    private static GoStruct struct(Record record) {
        var builder = GoStruct.of(record.getClass().getSimpleName());
        for (var component : record.getClass().getRecordComponents()) {
            builder.put(exported(component.getName()), value(record, component));
        }
        return builder.build();
    }

    private static Object value(Record record, RecordComponent component) {
        try {
            var accessor = component.getAccessor();
            accessor.setAccessible(true);
            return of(accessor.invoke(record));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("component " + component + " cannot be read", e);
        }
    }

    /// `imageId` as Go writes it: `ImageID`.
    static String exported(String name) {
        var words = name.split("(?=[A-Z])");
        var out = new StringBuilder();
        for (var word : words) {
            var upper = word.toUpperCase(Locale.ROOT);
            var initials =
                    List.of("ID", "IP", "URL", "DNS", "CPU", "PID", "MAC").contains(upper);
            out.append(initials ? upper : Character.toUpperCase(word.charAt(0)) + word.substring(1));
        }
        return out.toString();
    }

    /// The value behind `interface {}`; a nil interface stays one.
    static Object bare(Object value) {
        return value instanceof Any any ? any.value() : value;
    }

    /// The element of a map; [#MISSING] without the key.
    static Object element(Map<?, ?> map, Object key) {
        return map.containsKey(key) ? new Any(of(map.get(key))) : MISSING;
    }

    /// The elements of a list.
    static List<Object> elements(List<?> list) {
        var out = new ArrayList<Object>(list.size());
        for (Object element : list) {
            out.add(new Any(of(element)));
        }
        return out;
    }

    /// A map's entries in the order that Go prints and walks them.
    static Map<Object, Object> sorted(Map<?, ?> map) {
        var sorted = new TreeMap<Object, Object>(Go::compareKeys);
        map.forEach((key, value) -> sorted.put(key, new Any(of(value))));
        return sorted;
    }

    private static int compareKeys(Object left, Object right) {
        return left instanceof Number a && right instanceof Number b
                ? Long.compare(a.longValue(), b.longValue())
                : left.toString().compareTo(right.toString());
    }

    static boolean isTrue(Object value) {
        return !isEmpty(bare(value)) || bare(value) instanceof GoStruct;
    }

    /// Whether it is its type's zero, or has no elements.
    static boolean isEmpty(Object value) {
        return switch (value) {
            case Special _ -> true;
            case Any any -> isEmpty(any.value());
            case String text -> text.isEmpty();
            case Boolean bool -> !bool;
            case Double number -> number == 0;
            case Number number -> number.longValue() == 0;
            case Map<?, ?> map -> map.isEmpty();
            case List<?> list -> list.isEmpty();
            default -> false;
        };
    }

    /// The type as messages name it.
    static String type(Object value) {
        return switch (value) {
            case Any _ -> "interface {}";
            case Special _ -> "<nil>";
            case String _ -> "string";
            case Boolean _ -> "bool";
            case Integer _ -> "int";
            case Long _ -> "int64";
            case Short _ -> "uint8"; // a byte of a string
            case Double _ -> "float64";
            case Map<?, ?> _ -> "map[string]interface {}";
            case List<?> _ -> "[]interface {}";
            case GoStruct struct -> struct.type();
            case Named named -> named.type();
            default -> "func";
        };
    }

    static boolean isWhole(Object value) {
        return value instanceof Integer || value instanceof Long || value instanceof Short;
    }
}
