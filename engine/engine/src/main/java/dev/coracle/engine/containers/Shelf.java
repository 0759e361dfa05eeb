package dev.coracle.engine.containers;

import dev.coracle.base.EngineException.AlreadyExists;
import dev.coracle.base.EngineException.Conflict;
import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.core.records.Records;
import dev.coracle.core.records.Records.Change;
import dev.coracle.oci.Documents;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// All containers the engine has made, of every namespace, in memory and in the store. A name is a claim.
final class Shelf {
    private static final String DOC = "container";
    private static final String STATE = "container-state";
    private static final String NAME = "container-name";

    private final Records records;
    private final Map<String, Entry> entries = new ConcurrentHashMap<>();

    Shelf(Records records) {
        this.records = records;
        var states = records.list(STATE, "");
        records.list(DOC, "").forEach((key, text) -> {
            var state = Optional.ofNullable(states.get(key))
                    .map(words -> Documents.read(RunState.class, words))
                    .orElse(RunState.CREATED);
            entries.put(key, new Entry(Documents.read(ContainerDoc.class, text), state));
        });
    }

    /// Claims the name and keeps the document.
    ///
    /// @throws Conflict when another container has the name
    Entry add(ContainerDoc doc) {
        try {
            records.apply(List.of(
                    new Change.Create(NAME, nameKey(doc), doc.id()),
                    new Change.Create(DOC, doc.key(), Documents.write(doc))));
        } catch (AlreadyExists taken) {
            throw nameTaken(doc, taken);
        }
        var entry = new Entry(doc, RunState.CREATED);
        entries.put(doc.key(), entry);
        return entry;
    }

    private static String nameKey(ContainerDoc doc) {
        return doc.namespace() + "/" + doc.name();
    }

    private Conflict nameTaken(ContainerDoc doc, AlreadyExists taken) {
        var owner = records.find(NAME, nameKey(doc)).orElse("");
        return new Conflict(
                "the container name \"/" + doc.name() + "\" is already in use by container \"" + owner + "\"", taken);
    }

    /// Keeps a changed document.
    void keep(Entry entry, ContainerDoc changed) {
        records.apply(List.of(new Change.Put(DOC, changed.key(), Documents.write(changed))));
        entry.doc(changed);
    }

    void rename(Entry entry, String name) {
        var old = entry.doc();
        var renamed = old.renamed(name);
        try {
            records.apply(List.of(
                    new Change.Create(NAME, nameKey(renamed), old.id()),
                    new Change.Delete(NAME, nameKey(old)),
                    new Change.Put(DOC, old.key(), Documents.write(renamed))));
        } catch (AlreadyExists taken) {
            throw nameTaken(renamed, taken);
        }
        entry.doc(renamed);
    }

    /// Keeps a changed state.
    void keep(Entry entry, RunState changed) {
        records.apply(List.of(new Change.Put(STATE, entry.doc().key(), Documents.write(changed))));
        entry.state(changed);
    }

    void remove(Entry entry) {
        var doc = entry.doc();
        records.apply(List.of(
                new Change.Delete(NAME, nameKey(doc)),
                new Change.Delete(DOC, doc.key()),
                new Change.Delete(STATE, doc.key())));
        entries.remove(doc.key());
    }

    Collection<Entry> all() {
        return List.copyOf(entries.values());
    }

    List<Entry> in(String namespace) {
        return entries.values().stream()
                .filter(entry -> entry.doc().namespace().equals(namespace))
                .toList();
    }

    Optional<Entry> byId(String namespace, String id) {
        return Optional.ofNullable(entries.get(namespace + "/" + id));
    }

    /// By name, id, or the beginning of one id only.
    ///
    /// @throws NotFound when there is none
    Entry find(String namespace, String container) {
        var word = container.startsWith("/") ? container.substring(1) : container;
        var mine = in(namespace);
        var exact = mine.stream()
                .filter(entry -> entry.doc().name().equals(word) || entry.id().equals(word))
                .findFirst();
        if (exact.isPresent()) {
            return exact.get();
        }
        var beginning = word.isEmpty()
                ? List.<Entry>of()
                : mine.stream().filter(entry -> entry.id().startsWith(word)).toList();
        if (beginning.size() > 1) {
            throw new InvalidArgument("multiple IDs found with provided prefix: " + word);
        }
        return beginning.stream().findFirst().orElseThrow(() -> new NotFound("no such container: " + container));
    }
}
