package dev.coracle.core.stores;

import dev.coracle.core.containers.ContainerStore;
import dev.coracle.core.content.ContentStore;
import dev.coracle.core.images.ImageStore;
import dev.coracle.core.leases.LeaseStore;
import dev.coracle.core.snapshots.Snapshotter;

/// All stores as one scope sees them. Cheap to make and to throw away. What is created through a
/// leased scope, or found to exist already by a create, is added to the lease in the same
/// transaction.
public interface NamespaceStores {
    Scope scope();

    ContentStore content();

    ImageStore images();

    ContainerStore containers();

    LeaseStore leases();

    /// The snapshotter of that name.
    ///
    /// @throws dev.coracle.base.EngineException.InvalidArgument when the name is empty or
    ///     unknown, or the snapshotter cannot be used on this machine (with the reason and the
    ///     remedy)
    Snapshotter snapshotter(String name);
}
