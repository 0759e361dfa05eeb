package dev.coracle.core.leases;

import dev.coracle.base.Filter;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The leases of one namespace.
public interface LeaseStore {
    /// Makes a lease, with a random id when none is given.
    Lease create(Optional<String> id, Map<String, String> labels);

    /// Drops a lease; what only it kept goes at the next collection.
    void delete(String id);

    /// Leases that a filter matches, by id. Fields: `id`, `labels.*`.
    List<Lease> list(List<Filter> filters);

    /// Adds a member; whether the resource exists is not checked.
    ///
    /// @throws dev.coracle.base.EngineException.NotImplemented for a type we do not know
    /// @throws dev.coracle.base.EngineException.InvalidArgument for an id or a type of the wrong
    ///     shape
    /// @throws dev.coracle.base.EngineException.NotFound when there is no such lease
    void add(String lease, LeaseResource resource);

    /// Takes a member out; an absent one is not a failure.
    void remove(String lease, LeaseResource resource);

    List<LeaseResource> resources(String lease);
}
