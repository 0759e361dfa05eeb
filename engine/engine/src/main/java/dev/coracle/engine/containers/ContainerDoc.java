package dev.coracle.engine.containers;

import dev.coracle.core.networks.EndpointSpec;
import java.time.Instant;
import java.util.List;

/// What is kept of a container beside its record in the container store.
///
/// @param networks what it is to be connected to now
record ContainerDoc(
        String namespace,
        String id,
        String name,
        Instant createdAt,
        String imageRef,
        String imageId,
        String snapshotter,
        ContainerOptions options,
        ContainerConfig config,
        List<ContainerView.MountView> mounts,
        List<EndpointSpec> networks) {
    ContainerDoc {
        mounts = List.copyOf(mounts);
        networks = List.copyOf(networks);
    }

    /// As networks, and log lines, name it.
    String key() {
        return namespace + "/" + id;
    }

    ContainerDoc renamed(String newName) {
        return new ContainerDoc(
                namespace, id, newName, createdAt, imageRef, imageId, snapshotter, options, config, mounts, networks);
    }

    ContainerDoc with(ContainerOptions newOptions) {
        return new ContainerDoc(
                namespace, id, name, createdAt, imageRef, imageId, snapshotter, newOptions, config, mounts, networks);
    }

    ContainerDoc connected(List<EndpointSpec> newNetworks) {
        return new ContainerDoc(
                namespace, id, name, createdAt, imageRef, imageId, snapshotter, options, config, mounts, newNetworks);
    }
}
