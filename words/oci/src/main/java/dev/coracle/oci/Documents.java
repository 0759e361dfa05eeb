package dev.coracle.oci;

import dev.coracle.base.EngineException.DataLoss;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Records as JSON documents, for what the engine keeps: records of records, sealed interfaces of records (the member
/// `kind` says which), enums, lists, maps with strings as keys, strings, numbers, times and paths.
///
/// A member that is missing in an older document is empty or 0, one that is not known any more is skipped: so records
/// may grow.
public final class Documents {
    private static final String KIND = "kind";
    private static final String WHAT = "document";

    private Documents() {}

    public static String write(Record value) {
        return new String(Json.bytes(object(value)), StandardCharsets.UTF_8);
    }

    /// @throws DataLoss when it cannot be such a record
    public static <T extends Record> T read(Class<T> type, String document) {
        try {
            return type.cast(record(type, Json.object(document.getBytes(StandardCharsets.UTF_8), WHAT)));
        } catch (IllegalArgumentException | ReflectiveOperationException strange) {
            throw new DataLoss("read document of " + type.getSimpleName() + ": " + strange.getMessage(), strange);
        }
    }

    private static ObjectNode object(Record value) {
        var node = Json.object();
        for (var component : value.getClass().getRecordComponents()) {
            node.set(component.getName(), node(member(component, value)));
        }
        return node;
    }

    private static Object member(RecordComponent component, Record value) {
        try {
            var accessor = component.getAccessor();
            accessor.setAccessible(true);
            return Objects.requireNonNull(accessor.invoke(value));
        } catch (ReflectiveOperationException impossible) {
            throw new IllegalArgumentException("read " + component, impossible);
        }
    }

    private static JsonNode node(Object value) {
        var factory = JsonNodeFactory.instance;
        return switch (value) {
            case String text -> factory.stringNode(text);
            case Boolean truth -> factory.booleanNode(truth);
            case Integer number -> factory.numberNode(number);
            case Long number -> factory.numberNode(number);
            case Character character -> factory.stringNode(character.toString());
            case Enum<?> word -> factory.stringNode(word.name());
            case Instant _, Duration _, Path _ -> factory.stringNode(value.toString());
            case List<?> list -> {
                var array = factory.arrayNode();
                list.forEach(element -> array.add(node(element)));
                yield array;
            }
            case Map<?, ?> map -> {
                var object = Json.object();
                new TreeMap<>(map).forEach((key, element) -> object.set(key.toString(), node(element)));
                yield object;
            }
            case Record inner -> {
                var object = object(inner);
                if (isChoice(inner.getClass())) {
                    object.put(KIND, inner.getClass().getSimpleName());
                }
                yield object;
            }
            default -> throw new IllegalArgumentException("a " + value.getClass() + " cannot be written");
        };
    }

    private static boolean isChoice(Class<?> type) {
        return Arrays.stream(type.getInterfaces()).anyMatch(Class::isSealed);
    }

    private static Object record(Class<?> type, JsonNode node) throws ReflectiveOperationException {
        var components = type.getRecordComponents();
        var types = new Class<?>[components.length];
        var values = new Object[components.length];
        for (var i = 0; i < components.length; i++) {
            types[i] = components[i].getType();
            values[i] = value(components[i].getGenericType(), node.path(components[i].getName()));
        }
        var constructor = type.getDeclaredConstructor(types);
        constructor.setAccessible(true);
        try {
            return constructor.newInstance(values);
        } catch (InvocationTargetException refused) {
            throw new IllegalArgumentException(type.getSimpleName() + ": " + refused.getCause(), refused);
        }
    }

    private static Object value(Type type, JsonNode node) throws ReflectiveOperationException {
        if (type instanceof ParameterizedType generic) {
            var arguments = generic.getActualTypeArguments();
            if (generic.getRawType() == List.class) {
                var list = new ArrayList<>();
                for (var element : node) {
                    list.add(value(arguments[0], element));
                }
                return list;
            }
            var map = new LinkedHashMap<String, Object>();
            for (var entry : node.properties()) {
                map.put(entry.getKey(), value(arguments[1], entry.getValue()));
            }
            return map;
        }
        return simple((Class<?>) type, node);
    }

    private static Object simple(Class<?> type, JsonNode node) throws ReflectiveOperationException {
        if (type == String.class) {
            return node.asString("");
        }
        if (type == boolean.class) {
            return node.asBoolean(false);
        }
        if (type == int.class) {
            return node.asInt(0);
        }
        if (type == long.class) {
            return node.asLong(0);
        }
        if (type == char.class) {
            return node.asString(" ").charAt(0);
        }
        if (type == Instant.class) {
            return node.isString() ? Instant.parse(node.stringValue()) : Instant.EPOCH;
        }
        if (type == Duration.class) {
            return node.isString() ? Duration.parse(node.stringValue()) : Duration.ZERO;
        }
        if (type == Path.class) {
            return Path.of(node.asString(""));
        }
        if (type.isEnum()) {
            return word(type, node.asString(""));
        }
        return record(type.isSealed() ? chosen(type, node.path(KIND).asString("")) : type, node);
    }

    /// The first word of an enum stands for a missing one.
    private static Object word(Class<?> type, String name) {
        var words = type.getEnumConstants();
        return Arrays.stream(words)
                .filter(word -> ((Enum<?>) word).name().equals(name))
                .findFirst()
                .or(() -> name.isEmpty() ? Arrays.stream(words).findFirst() : java.util.Optional.empty())
                .orElseThrow(() -> new IllegalArgumentException(name + " is no " + type.getSimpleName()));
    }

    private static Class<?> chosen(Class<?> type, String kind) {
        return Arrays.stream(type.getPermittedSubclasses())
                .filter(choice -> choice.getSimpleName().equals(kind))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("\"" + kind + "\" is no " + type.getSimpleName()));
    }
}
