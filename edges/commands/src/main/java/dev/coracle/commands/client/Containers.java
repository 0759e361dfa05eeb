package dev.coracle.commands.client;

import com.google.protobuf.FieldMask;
import dev.coracle.base.EngineException.FailedPrecondition;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.containerd.api.containers.Container;
import dev.coracle.containerd.api.containers.ContainersGrpc;
import dev.coracle.containerd.api.containers.CreateContainerRequest;
import dev.coracle.containerd.api.containers.DeleteContainerRequest;
import dev.coracle.containerd.api.containers.GetContainerRequest;
import dev.coracle.containerd.api.containers.ListContainersRequest;
import dev.coracle.containerd.api.containers.UpdateContainerRequest;
import dev.coracle.containerd.api.types.task.Status;
import dev.coracle.core.types.TypedBytes;
import dev.coracle.oci.RuntimeSpec;
import java.util.List;
import java.util.Map;

/// The containers of one namespace.
public final class Containers {
    private final Connection connection;
    private final ContainersGrpc.ContainersBlockingStub containers;

    public Containers(Connection connection) {
        this.connection = connection;
        containers = connection.stub(ContainersGrpc::newBlockingStub);
    }

    public Container create(Container container) {
        var request =
                CreateContainerRequest.newBuilder().setContainer(container).build();
        return Connection.call(() -> containers.create(request)).getContainer();
    }

    /// @throws NotFound when there is none of this id
    public Container get(String id) {
        var request = GetContainerRequest.newBuilder().setId(id).build();
        return Connection.call(() -> containers.get(request)).getContainer();
    }

    public List<Container> list(List<String> filters) {
        var request = ListContainersRequest.newBuilder().addAllFilters(filters).build();
        return Connection.call(() -> containers.list(request)).getContainersList();
    }

    public Container label(String id, Map<String, String> labels) {
        var mask = FieldMask.newBuilder();
        labels.keySet().forEach(key -> mask.addPaths("labels." + key));
        var request = UpdateContainerRequest.newBuilder()
                .setContainer(Container.newBuilder().setId(id).putAllLabels(labels))
                .setUpdateMask(mask)
                .build();
        return Connection.call(() -> containers.update(request)).getContainer();
    }

    /// Removes the record and, unless it is to be kept, the snapshot.
    ///
    /// @throws FailedPrecondition when its task still exists
    public void delete(String id, boolean keepSnapshot) {
        var container = get(id);
        var task = new Tasks(connection).find(id, "");
        if (task.isPresent()) {
            throw new FailedPrecondition("cannot delete running task " + id);
        }
        if (!keepSnapshot && !container.getSnapshotKey().isEmpty()) {
            try {
                new Snapshots(connection, container.getSnapshotter()).remove(container.getSnapshotKey());
            } catch (NotFound gone) {
                // as wanted
            }
        }
        var request = DeleteContainerRequest.newBuilder().setId(id).build();
        Connection.call(() -> containers.delete(request));
    }

    /// As `ctr containers rm`: with a stopped or never started task, but not with a living one.
    public void deleteStopped(String id, boolean keepSnapshot) {
        get(id);
        var tasks = new Tasks(connection);
        var task = tasks.find(id, "");
        if (task.isPresent()) {
            var status = task.get().getStatus();
            if (status != Status.STOPPED && status != Status.CREATED) {
                throw new FailedPrecondition(
                        "cannot delete a non stopped container: " + id + " is " + Tasks.word(status));
            }
            tasks.delete(id, "", false);
        }
        delete(id, keepSnapshot);
    }

    public static RuntimeSpec spec(Container container) {
        return RuntimeSpec.parse(container.getSpec().getValue().toByteArray());
    }

    /// The configuration as it travels in a container's record.
    public static com.google.protobuf.Any wire(RuntimeSpec spec) {
        return Wires.any(TypedBytes.RUNTIME_SPEC, spec.bytes());
    }
}
