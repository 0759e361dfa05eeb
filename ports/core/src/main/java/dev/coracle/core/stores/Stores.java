package dev.coracle.core.stores;

import dev.coracle.core.namespaces.NamespaceStore;

/// The metadata of everything. Safe for use by many threads; every mutation is one durable
/// transaction: when a method returns, the change survives `kill -9` and the loss of power; when
/// it throws, nothing has changed.
public interface Stores extends AutoCloseable {
    /// The namespaces themselves.
    NamespaceStore namespaces();

    /// The view of one namespace. Opening a view makes nothing; the first write brings the
    /// namespace into being.
    ///
    /// @throws dev.coracle.base.EngineException.NotFound on the first write, when the scope's
    ///     lease does not exist
    NamespaceStores in(Scope scope);

    @Override
    void close();
}
