package dev.coracle.engine.containers;

import java.util.List;
import java.util.Map;

/// What somebody wants a container to be: what `run` and `create` take. What is not said is the image's or the
/// engine's.
///
/// @param name empty: one is made up
/// @param image as typed: a familiar name, a reference, an id; with [ImageUse#rootfs] a directory
/// @param runtime empty: the engine's own; otherwise a runtime's name or a program
public record ContainerOptions(
        String name,
        String image,
        ImageUse imageUse,
        ProcessOptions process,
        StorageOptions storage,
        NetworkOptions network,
        LimitOptions limits,
        SecurityOptions security,
        LifecycleOptions lifecycle,
        LogOptions log,
        HealthOptions health,
        Map<String, String> labels,
        Map<String, String> annotations,
        String runtime) {
    public ContainerOptions {
        labels = Map.copyOf(labels);
        annotations = Map.copyOf(annotations);
    }

    /// A container with everything as it comes.
    public static ContainerOptions of(String image, List<String> command) {
        return new ContainerOptions(
                "",
                image,
                ImageUse.MISSING,
                ProcessOptions.of(command),
                StorageOptions.NONE,
                NetworkOptions.DEFAULT,
                LimitOptions.NONE,
                SecurityOptions.DEFAULT,
                LifecycleOptions.DEFAULT,
                LogOptions.DEFAULT,
                HealthOptions.INHERITED,
                Map.of(),
                Map.of(),
                "");
    }

    public ContainerOptions named(String newName) {
        return new ContainerOptions(
                newName,
                image,
                imageUse,
                process,
                storage,
                network,
                limits,
                security,
                lifecycle,
                log,
                health,
                labels,
                annotations,
                runtime);
    }

    public ContainerOptions with(ProcessOptions newProcess) {
        return new ContainerOptions(
                name,
                image,
                imageUse,
                newProcess,
                storage,
                network,
                limits,
                security,
                lifecycle,
                log,
                health,
                labels,
                annotations,
                runtime);
    }

    public ContainerOptions with(StorageOptions newStorage) {
        return new ContainerOptions(
                name,
                image,
                imageUse,
                process,
                newStorage,
                network,
                limits,
                security,
                lifecycle,
                log,
                health,
                labels,
                annotations,
                runtime);
    }

    public ContainerOptions with(NetworkOptions newNetwork) {
        return new ContainerOptions(
                name,
                image,
                imageUse,
                process,
                storage,
                newNetwork,
                limits,
                security,
                lifecycle,
                log,
                health,
                labels,
                annotations,
                runtime);
    }

    public ContainerOptions with(LimitOptions newLimits) {
        return new ContainerOptions(
                name,
                image,
                imageUse,
                process,
                storage,
                network,
                newLimits,
                security,
                lifecycle,
                log,
                health,
                labels,
                annotations,
                runtime);
    }

    public ContainerOptions with(SecurityOptions newSecurity) {
        return new ContainerOptions(
                name,
                image,
                imageUse,
                process,
                storage,
                network,
                limits,
                newSecurity,
                lifecycle,
                log,
                health,
                labels,
                annotations,
                runtime);
    }

    public ContainerOptions with(LifecycleOptions newLifecycle) {
        return new ContainerOptions(
                name,
                image,
                imageUse,
                process,
                storage,
                network,
                limits,
                security,
                newLifecycle,
                log,
                health,
                labels,
                annotations,
                runtime);
    }

    public ContainerOptions with(LogOptions newLog) {
        return new ContainerOptions(
                name,
                image,
                imageUse,
                process,
                storage,
                network,
                limits,
                security,
                lifecycle,
                newLog,
                health,
                labels,
                annotations,
                runtime);
    }

    public ContainerOptions with(HealthOptions newHealth) {
        return new ContainerOptions(
                name,
                image,
                imageUse,
                process,
                storage,
                network,
                limits,
                security,
                lifecycle,
                log,
                newHealth,
                labels,
                annotations,
                runtime);
    }
}
