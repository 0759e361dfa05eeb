package dev.coracle.metadata;

import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.core.types.FieldMask;
import java.util.LinkedHashMap;
import java.util.Map;

/// How a field mask changes a map.
final class Masks {
    private Masks() {}

    /// Applies one path of a mask to a map named `field`, when it is meant: `field` replaces all,
    /// `field.key` sets that entry or, when the given map lacks it, removes it.
    static <V> Map<String, V> apply(String path, String field, Map<String, V> stored, Map<String, V> given) {
        if (path.equals(field)) {
            return given;
        }
        if (!path.startsWith(field + ".")) {
            return stored;
        }
        var key = path.substring(field.length() + 1);
        var changed = new LinkedHashMap<>(stored);
        var value = given.get(key);
        if (value == null) {
            changed.remove(key);
        } else {
            changed.put(key, value);
        }
        return changed;
    }

    /// Whether a path means the map named `field` or one of its entries.
    static boolean means(String path, String field) {
        return path.equals(field) || (path.startsWith(field + ".") && path.length() > field.length() + 1);
    }

    /// The labels of an object that can only be changed in its labels: content and snapshots.
    static Map<String, String> labels(
            String object, Map<String, String> stored, Map<String, String> given, FieldMask mask) {
        if (mask.isEmpty()) {
            return given;
        }
        var labels = stored;
        for (var path : mask.paths()) {
            if (!means(path, "labels")) {
                throw unknown(object, path);
            }
            labels = apply(path, "labels", labels, given);
        }
        return labels;
    }

    static InvalidArgument unknown(String object, String path) {
        return new InvalidArgument("cannot update " + object + ": there is no field \"" + path + "\" to change");
    }
}
