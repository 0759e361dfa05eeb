package dev.coracle.core.records;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/// Small documents under a kind and a key, in the one store: names, addresses, ports, networks,
/// volumes, what a restart policy knows. A key that must be unique is a claim: creating it twice
/// fails, so a name or an address cannot be given away twice.
///
/// Safe for many threads; a document is its owner's, JSON by custom. [#apply] is one durable
/// transaction.
public interface Records {
    /// The document, or nothing.
    Optional<String> find(String kind, String key);

    /// All documents of a kind whose keys start with the prefix (empty: all), by key.
    SortedMap<String, String> list(String kind, String prefix);

    /// Makes all changes, or none.
    ///
    /// @throws dev.coracle.base.EngineException.AlreadyExists when a key to create exists; the
    ///     message names kind and key
    /// @throws dev.coracle.base.EngineException.InvalidArgument for an empty kind or key
    void apply(List<Change> changes);

    /// One change; deleting what is not there is none.
    sealed interface Change {
        String kind();

        String key();

        record Create(String kind, String key, String document) implements Change {}

        record Put(String kind, String key, String document) implements Change {}

        record Delete(String kind, String key) implements Change {}
    }
}
