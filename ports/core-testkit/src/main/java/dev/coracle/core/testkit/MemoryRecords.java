package dev.coracle.core.testkit;

import dev.coracle.base.EngineException.AlreadyExists;
import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.core.records.Records;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Records that are forgotten with the object.
public final class MemoryRecords implements Records {
    private Map<String, TreeMap<String, String>> kinds = new HashMap<>();

    @Override
    public synchronized Optional<String> find(String kind, String key) {
        return Optional.ofNullable(kinds.getOrDefault(kind, new TreeMap<>()).get(key));
    }

    @Override
    public synchronized SortedMap<String, String> list(String kind, String prefix) {
        var found = new TreeMap<>(kinds.getOrDefault(kind, new TreeMap<>()));
        found.keySet().removeIf(key -> !key.startsWith(prefix));
        return found;
    }

    @Override
    public synchronized void apply(List<Change> changes) {
        var changed = new HashMap<String, TreeMap<String, String>>();
        kinds.forEach((kind, documents) -> changed.put(kind, new TreeMap<>(documents)));
        for (var change : changes) {
            if (change.kind().isEmpty() || change.key().isEmpty()) {
                throw new InvalidArgument("kind and key must not be empty");
            }
            var documents = changed.computeIfAbsent(change.kind(), _ -> new TreeMap<>());
            switch (change) {
                case Change.Create create -> {
                    if (documents.putIfAbsent(create.key(), create.document()) != null) {
                        throw new AlreadyExists(create.kind() + " \"" + create.key() + "\"");
                    }
                }
                case Change.Put put -> documents.put(put.key(), put.document());
                case Change.Delete delete -> documents.remove(delete.key());
            }
        }
        kinds = changed;
    }
}
