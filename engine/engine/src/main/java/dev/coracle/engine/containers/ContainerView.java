package dev.coracle.engine.containers;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/// A container as it is.
///
/// @param name empty for one that another client made without a name
/// @param image as it was typed
/// @param imageRef the image's full name
/// @param imageId the digest of its configuration, `sha256:...`; empty when unknown
/// @param options what it was asked to be; for a container of another client only what its labels and specification say
/// @param command what the container runs: first word and the others
/// @param restarts how often the policy has started it again
public record ContainerView(
        String id,
        String name,
        Instant createdAt,
        String image,
        String imageRef,
        String imageId,
        ContainerOptions options,
        ContainerConfig config,
        List<String> command,
        ContainerState state,
        List<MountView> mounts,
        NetworkView network,
        int restarts,
        Files files,
        List<String> execIds,
        boolean managed) {
    public ContainerView {
        command = List.copyOf(command);
        mounts = List.copyOf(mounts);
        execIds = List.copyOf(execIds);
    }

    public Map<String, String> labels() {
        return config.labels();
    }

    /// Where its parts are, in the daemon's mount namespace; empty when there is none.
    public record Files(
            String log,
            String resolvConf,
            String hosts,
            String hostname,
            String snapshotter,
            String snapshotKey,
            String runtime,
            String platform) {}

    /// A mount of the container.
    ///
    /// @param type `bind`, `volume` or `tmpfs`
    /// @param name the volume's
    public record MountView(
            String type,
            String name,
            String source,
            String destination,
            String mode,
            boolean writable,
            String propagation) {}
}
