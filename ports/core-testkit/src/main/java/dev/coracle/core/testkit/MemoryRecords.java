package dev.coracle.core.testkit;

import dev.coracle.base.EngineException.AlreadyExists;
import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.core.records.Records;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Records that are forgotten with the object.
public final class MemoryRecords implements Records {
    private final TreeMap<String, TreeMap<String, String>> kinds = new TreeMap<>();

    @Override
    public synchronized Optional<String> find(String kind, String key) {
        return Optional.ofNullable(documents(kind).get(key));
    }

    @Override
    public synchronized SortedMap<String, String> list(String kind, String prefix) {
        var found = new TreeMap<String, String>();
        documents(kind).tailMap(prefix).forEach((key, document) -> {
            if (key.startsWith(prefix)) {
                found.put(key, document);
            }
        });
        return Collections.unmodifiableSortedMap(found);
    }

    @Override
    public synchronized void apply(List<Change> changes) {
        var changed = new TreeMap<String, TreeMap<String, String>>();
        kinds.forEach((kind, documents) -> changed.put(kind, new TreeMap<>(documents)));
        for (var change : changes) {
            if (change.kind().isEmpty() || change.key().isEmpty()) {
                throw new InvalidArgument("a record's kind and key must not be empty");
            }
            var documents = changed.computeIfAbsent(change.kind(), _ -> new TreeMap<>());
            switch (change) {
                case Change.Create(var kind, var key, var document) -> {
                    if (documents.putIfAbsent(key, document) != null) {
                        throw new AlreadyExists(kind + " \"" + key + "\"");
                    }
                }
                case Change.Put(_, var key, var document) -> documents.put(key, document);
                case Change.Delete(_, var key) -> documents.remove(key);
            }
        }
        kinds.clear();
        kinds.putAll(changed);
    }

    private TreeMap<String, String> documents(String kind) {
        return kinds.getOrDefault(kind, new TreeMap<>());
    }
}
