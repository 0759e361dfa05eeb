package dev.coracle.core.containers;

import dev.coracle.base.Filter;
import dev.coracle.core.types.FieldMask;
import java.util.List;

/// The container records of one namespace.
public interface ContainerStore {
    Container get(String id);

    /// Records that a filter matches, by id. Fields: `id`, `image`, `runtime.name`, `labels.*`.
    List<Container> list(List<Filter> filters);

    /// Stores a new record; its times are set here.
    ///
    /// @throws dev.coracle.base.EngineException.InvalidArgument without a runtime's name or a
    ///     specification, with a bad id, or with a snapshot key but no snapshotter
    Container create(Container container);

    /// Changes a record. Paths: `labels`, `labels.k`, `spec`, `extensions`, `extensions.k`,
    /// `image`, `snapshotkey`; an empty mask replaces these five fields.
    ///
    /// @throws dev.coracle.base.EngineException.InvalidArgument for any other path, or with an
    ///     empty mask when snapshotter or runtime name differ from what is stored
    Container update(Container container, FieldMask mask);

    /// Drops the record; a running task is the caller's business.
    void delete(String id);
}
