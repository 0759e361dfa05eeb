package dev.coracle.core.namespaces;

import dev.coracle.core.types.FieldMask;
import java.util.List;
import java.util.Map;

/// The namespaces and their labels.
public interface NamespaceStore {
    /// The labels; none for a namespace that does not exist, which is not a failure.
    Map<String, String> labels(String namespace);

    /// All names, sorted.
    List<String> list();

    /// Makes a namespace.
    ///
    /// @throws dev.coracle.base.EngineException.AlreadyExists when it exists
    void create(String namespace, Map<String, String> labels);

    /// Changes labels: with `labels.k` paths only those, with an empty mask all are replaced. A
    /// value that is empty removes the label. A namespace that does not exist comes into being: so
    /// clients set its defaults before anything is in it.
    ///
    /// @throws dev.coracle.base.EngineException.InvalidArgument for any other path, also plain
    ///     `labels`
    void update(String namespace, Map<String, String> labels, FieldMask mask);

    /// Removes an empty namespace.
    ///
    /// @throws dev.coracle.base.EngineException.NotFound when it does not exist
    /// @throws dev.coracle.base.EngineException.FailedPrecondition when something is left in it;
    ///     the message lists the kinds
    void delete(String namespace);
}
