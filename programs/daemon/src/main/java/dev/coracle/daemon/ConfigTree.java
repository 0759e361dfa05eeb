package dev.coracle.daemon;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A table of a configuration file: values in the order of the file, each with the place it came
/// from. A value is a String, Long, Double, Boolean, a List of such, or another table.
final class ConfigTree {
    /// A line of a file.
    record Origin(Path file, int line) {
        @Override
        public String toString() {
            return file + " line " + line;
        }
    }

    /// A value and where it stands; defaults stand nowhere.
    record Entry(Object value, Optional<Origin> origin) {}

    private final Map<String, Entry> entries = new LinkedHashMap<>();

    Map<String, Entry> entries() {
        return entries;
    }

    Optional<Entry> find(String key) {
        return Optional.ofNullable(entries.get(key));
    }

    /// The table at a path, or an empty one that belongs to nobody.
    ConfigTree table(String... path) {
        var table = this;
        for (var key : path) {
            table = table.find(key).map(Entry::value).orElse(null) instanceof ConfigTree inner
                    ? inner
                    : new ConfigTree();
        }
        return table;
    }

    /// The table at a path, made when it is missing.
    ConfigTree ensure(String... path) {
        var table = this;
        for (var key : path) {
            if (table.find(key).map(Entry::value).orElse(null) instanceof ConfigTree inner) {
                table = inner;
            } else {
                var made = new ConfigTree();
                table.put(key, made);
                table = made;
            }
        }
        return table;
    }

    void put(String key, Object value) {
        entries.put(key, new Entry(value, Optional.empty()));
    }

    void put(String key, Entry entry) {
        entries.put(key, entry);
    }

    Optional<Entry> remove(String key) {
        return Optional.ofNullable(entries.remove(key));
    }

    boolean isEmpty() {
        return entries.isEmpty();
    }

    Optional<String> text(String key) {
        return find(key).map(Entry::value).filter(String.class::isInstance).map(String.class::cast);
    }

    /// False when it is not there.
    boolean flag(String key) {
        return find(key).map(Entry::value).orElse(false) instanceof Boolean on && on;
    }

    Optional<Long> number(String key) {
        return find(key).map(Entry::value).filter(Long.class::isInstance).map(Long.class::cast);
    }

    /// A number with a point or without.
    Optional<Double> decimal(String key) {
        return find(key)
                .map(Entry::value)
                .filter(Number.class::isInstance)
                .map(value -> ((Number) value).doubleValue());
    }

    /// The strings of a list; empty when there is none.
    List<String> texts(String key) {
        return find(key).map(Entry::value).orElse(null) instanceof List<?> list
                ? list.stream().map(String::valueOf).toList()
                : List.of();
    }
}
