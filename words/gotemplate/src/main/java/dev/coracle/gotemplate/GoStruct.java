package dev.coracle.gotemplate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A Go struct as templates and JSON see it: exported fields in order, each with the name that
/// JSON gives it, and methods that templates may call. Values are strings, booleans, numbers,
/// lists, maps with string keys, other structs, records (their components become fields), or null
/// for nil; anything else stands for its text.
public final class GoStruct {
    private final String type;
    private final List<Field> fields;
    private final Map<String, Method> methods;

    private GoStruct(String type, List<Field> fields, Map<String, Method> methods) {
        this.type = type;
        this.fields = List.copyOf(fields);
        this.methods = Map.copyOf(methods);
    }

    /// @param json the name in JSON; empty: left out of JSON
    /// @param omitEmpty whether JSON leaves the empty value out
    record Field(String name, String json, boolean omitEmpty, Object value) {}

    /// Something a template calls: its parameters are all strings.
    record Method(int parameters, Function<List<String>, Object> body) {}

    /// Begins a struct of this Go type (`container.Summary`).
    public static Builder of(String type) {
        return new Builder(type);
    }

    /// Collects the fields of a struct.
    public static final class Builder {
        private final String type;
        private final List<Field> fields = new ArrayList<>();
        private final Map<String, Method> methods = new LinkedHashMap<>();

        private Builder(String type) {
            this.type = type;
        }

        /// A field that is called the same in JSON.
        public Builder put(String name, @Nullable Object value) {
            return put(name, name, value);
        }

        /// A field with another name in JSON; an empty one keeps it out of JSON.
        public Builder put(String name, String json, @Nullable Object value) {
            fields.add(new Field(name, json, false, Go.of(value)));
            return this;
        }

        /// A field that JSON leaves out when it is empty, zero, false or nil.
        public Builder optional(String name, String json, @Nullable Object value) {
            fields.add(new Field(name, json, true, Go.of(value)));
            return this;
        }

        /// A method that takes one string, as `.Label "key"`.
        public Builder method(String name, Function<String, Object> body) {
            methods.put(name, new Method(1, arguments -> body.apply(arguments.getFirst())));
            return this;
        }

        public GoStruct build() {
            return new GoStruct(type, fields, methods);
        }
    }

    /// A field's value by its Go name.
    public Optional<Object> field(String name) {
        return fields.stream()
                .filter(field -> field.name().equals(name))
                .map(Field::value)
                .findFirst();
    }

    /// The names of the fields, in order.
    public List<String> names() {
        return fields.stream().map(Field::name).toList();
    }

    /// The same as maps under the names of JSON, as a client gets it back from JSON.
    public Map<String, Object> raw() {
        var map = new LinkedHashMap<String, Object>();
        fields.stream()
                .filter(field -> !field.json().isEmpty())
                .filter(field -> !field.omitEmpty() || !Go.isEmpty(field.value()))
                .forEach(field -> map.put(field.json(), rawValue(field.value())));
        return map;
    }

    private static Object rawValue(Object value) {
        return switch (value) {
            case GoStruct struct -> struct.raw();
            case List<?> list ->
                list.stream().map(element -> rawValue(Go.of(element))).toList();
            case Map<?, ?> map -> {
                var copy = new LinkedHashMap<String, Object>();
                map.forEach((key, element) -> copy.put(String.valueOf(key), rawValue(Go.of(element))));
                yield copy;
            }
            default -> value;
        };
    }

    String type() {
        return type;
    }

    List<Field> fields() {
        return fields;
    }

    Optional<Method> method(String name) {
        return Optional.ofNullable(methods.get(name));
    }
}
