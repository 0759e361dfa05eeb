package dev.coracle.cli.containers;

import dev.coracle.cli.view.JsonValues;
import dev.coracle.core.containers.Container;
import dev.coracle.engine.containers.ContainerState;
import dev.coracle.engine.containers.ContainerView;
import dev.coracle.gotemplate.GoStruct;
import java.nio.charset.StandardCharsets;
import java.util.TreeMap;

/// A container as containerd has it, `inspect --mode native`: its record and its process.
final class NativeContainerJson {
    private NativeContainerJson() {}

    static GoStruct of(Container container, ContainerView view) {
        var builder = GoStruct.of("native.Container")
                .put("ID", container.id())
                .put("Labels", new TreeMap<>(container.labels()))
                .put("Image", container.image())
                .put(
                        "Runtime",
                        GoStruct.of("containers.RuntimeInfo")
                                .put("Name", container.runtime().name())
                                .put("Options", null)
                                .build())
                .put("SnapshotKey", container.snapshotKey())
                .put("Snapshotter", container.snapshotter())
                .put("CreatedAt", container.createdAt())
                .put("UpdatedAt", container.updatedAt())
                .put("Extensions", null)
                .put("SandboxID", container.sandbox());
        var spec = new String(container.spec().value(), StandardCharsets.UTF_8);
        if (!spec.isEmpty()) {
            builder.put("Spec", JsonValues.parse(spec, "runtime configuration"));
        }
        var state = view.state();
        if (state.pid() > 0) {
            builder.put(
                    "Process",
                    GoStruct.of("native.Process")
                            .put("Pid", state.pid())
                            .put(
                                    "Status",
                                    GoStruct.of("containerd.Status")
                                            .put(
                                                    "Status",
                                                    state.status() == ContainerState.Status.PAUSED
                                                            ? "paused"
                                                            : "running")
                                            .put("ExitStatus", 0)
                                            .build())
                            .build());
        }
        return builder.build();
    }
}
