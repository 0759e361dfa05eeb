package dev.coracle.containerd.grpc;

import com.google.protobuf.Empty;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.coracle.base.Digest;
import dev.coracle.base.EngineException.AlreadyExists;
import dev.coracle.base.EngineException.DataLoss;
import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.base.EngineException.NotImplemented;
import dev.coracle.base.Filter;
import dev.coracle.base.Labels;
import dev.coracle.containerd.api.mounts.ActivateRequest;
import dev.coracle.containerd.api.mounts.ActivateResponse;
import dev.coracle.containerd.api.mounts.DeactivateRequest;
import dev.coracle.containerd.api.mounts.InfoRequest;
import dev.coracle.containerd.api.mounts.InfoResponse;
import dev.coracle.containerd.api.mounts.ListMessage;
import dev.coracle.containerd.api.mounts.ListRequest;
import dev.coracle.containerd.api.mounts.MountsGrpc;
import dev.coracle.containerd.api.mounts.UpdateRequest;
import dev.coracle.containerd.api.mounts.UpdateResponse;
import dev.coracle.containerd.api.types.ActivationInfo;
import dev.coracle.core.mounts.ActiveMount;
import dev.coracle.core.mounts.Mount;
import dev.coracle.core.mounts.MountPlaces;
import dev.coracle.core.mounts.MountPlan;
import dev.coracle.core.records.Records;
import dev.coracle.core.records.Records.Change;
import io.grpc.stub.StreamObserver;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/// Mounts that need more than mount(2): what comes before the client's own ones is made here and kept until it is
/// given up. When there is nothing to do, the answer UNIMPLEMENTED tells the client to mount by itself.
///
/// An activation is claimed by its record before anything is mounted, and the record is whole when everything is: what
/// a killed daemon has left half made is given up by the next one.
final class MountsService extends MountsGrpc.MountsImplBase {
    private static final System.Logger LOG = System.getLogger("dev.coracle.containerd.grpc");
    static final String KIND = "mount-activation";

    private final MountPlaces places;
    private final Records records;
    private final InstantSource clock;

    MountsService(MountPlaces places, Records records, InstantSource clock) {
        this.places = places;
        this.records = records;
        this.clock = clock;
    }

    /// Gives up what has no record or no mount. What a record that cannot be read stands for may be in use: it is kept
    /// until its name is given up.
    void recover() {
        var kept = new HashSet<String>();
        for (var entry : records.list(KIND, "").entrySet()) {
            if (isKept(entry.getKey(), entry.getValue())) {
                kept.add(holder(entry.getKey()));
            } else {
                records.apply(List.of(new Change.Delete(KIND, entry.getKey())));
            }
        }
        places.holders().stream().filter(holder -> !kept.contains(holder)).forEach(places::release);
    }

    private boolean isKept(String key, String document) {
        try {
            var info = info(key, document);
            return info.getActiveCount() > 0
                    && info.getActiveList().stream().allMatch(one -> places.isMounted(Path.of(one.getMountPoint())));
        } catch (DataLoss | InvalidPathException unreadable) {
            LOG.log(
                    System.Logger.Level.ERROR,
                    () -> "mounts are kept, and are not told of, until they are deactivated: "
                            + unreadable.getMessage());
            return true;
        }
    }

    @Override
    public void activate(ActivateRequest request, StreamObserver<ActivateResponse> reply) {
        Reply.with(reply, () -> {
            Caller.scope();
            if (request.getName().isEmpty()) {
                throw new InvalidArgument("activation without a name");
            }
            Labels.of(request.getLabelsMap());
            var plan = MountPlan.of(Wire.mountsFrom(request.getMountsList()), request.getTemporary());
            return ActivateResponse.newBuilder()
                    .setInfo(activated(
                            ActivationInfo.newBuilder()
                                    .setName(request.getName())
                                    .putAllLabels(request.getLabelsMap()),
                            plan,
                            request.getTemporary()))
                    .build();
        });
    }

    /// The mounts of a task's root as a runtime can make them: what has to come before them is activated under the
    /// task's id, or was by its client.
    List<Mount> ofTask(String id, List<Mount> mounts) {
        MountPlan plan;
        try {
            plan = MountPlan.of(mounts, false);
        } catch (NotImplemented nothing) {
            return mounts;
        }
        try {
            return Wire.mountsFrom(activated(ActivationInfo.newBuilder().setName(id), plan, false)
                    .getSystemList());
        } catch (AlreadyExists clients) {
            return Wire.mountsFrom(find(id).getSystemList());
        }
    }

    /// Gives up what a task had, if it had anything.
    void taskEnded(String id) {
        if (records.find(KIND, key(id)).isPresent()) {
            giveUp(key(id));
        }
    }

    private void giveUp(String key) {
        places.release(holder(key));
        records.apply(List.of(new Change.Delete(KIND, key)));
    }

    private ActivationInfo activated(ActivationInfo.Builder info, MountPlan plan, boolean temporary) {
        var key = key(info.getName());
        try {
            records.apply(List.of(new Change.Create(KIND, key, document(info.build()))));
        } catch (AlreadyExists taken) {
            throw new AlreadyExists("mount \"" + info.getName() + "\" is active");
        }
        var isMade = false;
        try {
            var active = new ArrayList<ActiveMount>();
            for (var at = 0; at < plan.first(); at++) {
                var mount = plan.prepared(at, active, places);
                var place = places.mount(holder(key), mount);
                active.add(new ActiveMount(mount, place));
                info.addActive(dev.coracle.containerd.api.types.ActiveMount.newBuilder()
                        .setMount(Wire.mount(mount))
                        .setMountPoint(place.toString())
                        .setMountedAt(Wire.timestamp(clock.instant())));
            }
            for (var at = plan.first(); at < plan.mounts().size(); at++) {
                info.addSystem(Wire.mount(plan.prepared(at, active, places)));
            }
            if (temporary) {
                var last = active.getLast().place().toString();
                info.addSystem(Wire.mount(new Mount("bind", last, List.of("rbind"))));
            }
            records.apply(List.of(new Change.Put(KIND, key, document(info.build()))));
            isMade = true;
            return info.build();
        } finally {
            if (!isMade) {
                giveUp(key);
            }
        }
    }

    @Override
    public void deactivate(DeactivateRequest request, StreamObserver<Empty> reply) {
        Reply.empty(reply, () -> {
            var key = key(request.getName());
            if (records.find(KIND, key).isEmpty()) {
                throw missing(request.getName());
            }
            giveUp(key);
        });
    }

    @Override
    public void info(InfoRequest request, StreamObserver<InfoResponse> reply) {
        Reply.with(
                reply,
                () -> InfoResponse.newBuilder().setInfo(find(request.getName())).build());
    }

    @Override
    public void list(ListRequest request, StreamObserver<ListMessage> reply) {
        var filters = Filter.parse(request.getFiltersList());
        var activations = records.list(KIND, key("")).entrySet().stream()
                .flatMap(entry -> readable(entry.getKey(), entry.getValue()).stream())
                .filter(info -> Filter.any(filters, path -> field(info, path)))
                .toList();
        Outlet.<ListMessage>open("Mounts/List", reply, outlet -> {
            for (var info : activations) {
                outlet.send(ListMessage.newBuilder().setInfo(info).build());
            }
        });
    }

    private static Optional<String> field(ActivationInfo info, List<String> path) {
        return switch (path.getFirst()) {
            case "name" -> Optional.of(info.getName());
            case "labels" ->
                Optional.ofNullable(info.getLabelsMap().get(String.join(".", path.subList(1, path.size()))));
            default -> Optional.empty();
        };
    }

    @Override
    public void update(UpdateRequest request, StreamObserver<UpdateResponse> reply) {
        throw new NotImplemented("update of an activated mount");
    }

    private ActivationInfo find(String name) {
        var key = key(name);
        return records.find(KIND, key).map(document -> info(key, document)).orElseThrow(() -> missing(name));
    }

    private static NotFound missing(String name) {
        return new NotFound("activated mount \"" + name + "\": not found");
    }

    private static String key(String name) {
        return Caller.scope().namespace() + "/" + name;
    }

    /// A word for the places of an activation, whatever its name.
    private static String holder(String key) {
        return Digest.ofBytes(key.getBytes(StandardCharsets.UTF_8)).hex();
    }

    private static String document(ActivationInfo info) {
        return Base64.getEncoder().encodeToString(info.toByteArray());
    }

    private static Optional<ActivationInfo> readable(String key, String document) {
        try {
            return Optional.of(info(key, document));
        } catch (DataLoss saidAtTheStart) {
            return Optional.empty();
        }
    }

    private static ActivationInfo info(String key, String document) {
        try {
            return ActivationInfo.parseFrom(Base64.getDecoder().decode(document));
        } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
            throw new DataLoss("the record of the activated mount \"" + key + "\" cannot be read: data loss", e);
        }
    }
}
