package dev.coracle.containerd.grpc;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.coracle.base.EngineException.AlreadyExists;
import dev.coracle.base.EngineException.DataLoss;
import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.base.Filter;
import dev.coracle.base.Identifiers;
import dev.coracle.base.Labels;
import dev.coracle.containerd.api.sandbox.StoreCreateRequest;
import dev.coracle.containerd.api.sandbox.StoreCreateResponse;
import dev.coracle.containerd.api.sandbox.StoreDeleteRequest;
import dev.coracle.containerd.api.sandbox.StoreDeleteResponse;
import dev.coracle.containerd.api.sandbox.StoreGetRequest;
import dev.coracle.containerd.api.sandbox.StoreGetResponse;
import dev.coracle.containerd.api.sandbox.StoreGrpc;
import dev.coracle.containerd.api.sandbox.StoreListRequest;
import dev.coracle.containerd.api.sandbox.StoreListResponse;
import dev.coracle.containerd.api.sandbox.StoreUpdateRequest;
import dev.coracle.containerd.api.sandbox.StoreUpdateResponse;
import dev.coracle.containerd.api.types.Sandbox;
import dev.coracle.core.records.Records;
import dev.coracle.core.records.Records.Change;
import io.grpc.stub.StreamObserver;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/// The records of sandboxes. They hold nothing but what their owners put in, so each is kept as it
/// came, in the store's documents.
final class SandboxStoreService extends StoreGrpc.StoreImplBase {
    private static final String KIND = SandboxRecords.KIND;

    private final Records records;
    private final InstantSource clock;

    SandboxStoreService(Records records, InstantSource clock) {
        this.records = records;
        this.clock = clock;
    }

    @Override
    public void create(StoreCreateRequest request, StreamObserver<StoreCreateResponse> reply) {
        Reply.with(reply, () -> {
            var wanted = request.getSandbox();
            var now = Wire.timestamp(clock.instant());
            var sandbox = checked(
                    wanted.toBuilder().setCreatedAt(now).setUpdatedAt(now).build());
            try {
                records.apply(List.of(new Change.Create(KIND, key(sandbox.getSandboxId()), document(sandbox))));
            } catch (AlreadyExists taken) {
                throw new AlreadyExists("sandbox \"" + sandbox.getSandboxId() + "\" exists");
            }
            return StoreCreateResponse.newBuilder().setSandbox(sandbox).build();
        });
    }

    private static Sandbox checked(Sandbox sandbox) {
        Identifiers.require("sandbox id", sandbox.getSandboxId());
        Labels.of(sandbox.getLabelsMap());
        return sandbox;
    }

    @Override
    public void get(StoreGetRequest request, StreamObserver<StoreGetResponse> reply) {
        Reply.with(
                reply,
                () -> StoreGetResponse.newBuilder()
                        .setSandbox(get(request.getSandboxId()))
                        .build());
    }

    private Sandbox get(String id) {
        return records.find(KIND, key(id))
                .map(SandboxStoreService::sandbox)
                .orElseThrow(() -> new NotFound("sandbox \"" + id + "\": not found"));
    }

    @Override
    public void list(StoreListRequest request, StreamObserver<StoreListResponse> reply) {
        Reply.with(reply, () -> {
            var filters = Filter.parse(request.getFiltersList());
            return StoreListResponse.newBuilder()
                    .addAllList(records.list(KIND, key("")).values().stream()
                            .map(SandboxStoreService::sandbox)
                            .filter(sandbox -> Filter.any(filters, path -> field(sandbox, path)))
                            .toList())
                    .build();
        });
    }

    private static Optional<String> field(Sandbox sandbox, List<String> path) {
        return switch (path.getFirst()) {
            case "id" -> Optional.of(sandbox.getSandboxId());
            case "labels" ->
                Optional.ofNullable(sandbox.getLabelsMap().get(String.join(".", path.subList(1, path.size()))));
            default -> Optional.empty();
        };
    }

    @Override
    public void update(StoreUpdateRequest request, StreamObserver<StoreUpdateResponse> reply) {
        Reply.with(reply, () -> {
            var wanted = request.getSandbox();
            var stored = get(wanted.getSandboxId());
            if (request.getFieldsCount() == 0
                    && !stored.getRuntime().getName().equals(wanted.getRuntime().getName())) {
                throw new InvalidArgument(
                        "the runtime's name of sandbox \"" + wanted.getSandboxId() + "\" is immutable");
            }
            var changed = stored.toBuilder();
            var fields = request.getFieldsCount() == 0
                    ? List.of("labels", "extensions", "spec", "runtime")
                    : request.getFieldsList();
            fields.forEach(field -> change(changed, wanted, field));
            var sandbox = checked(
                    changed.setUpdatedAt(Wire.timestamp(clock.instant())).build());
            records.apply(List.of(new Change.Put(KIND, key(sandbox.getSandboxId()), document(sandbox))));
            return StoreUpdateResponse.newBuilder().setSandbox(sandbox).build();
        });
    }

    private static void change(Sandbox.Builder changed, Sandbox wanted, String field) {
        if (field.startsWith("labels.")) {
            var key = field.substring("labels.".length());
            var value = wanted.getLabelsOrDefault(key, "");
            if (value.isEmpty()) {
                changed.removeLabels(key);
            } else {
                changed.putLabels(key, value);
            }
        } else if (field.startsWith("extensions.")) {
            var key = field.substring("extensions.".length());
            changed.putExtensions(key, wanted.getExtensionsOrDefault(key, Any.getDefaultInstance()));
        } else {
            switch (field) {
                case "labels" -> changed.clearLabels().putAllLabels(wanted.getLabelsMap());
                case "extensions" -> changed.clearExtensions().putAllExtensions(wanted.getExtensionsMap());
                case "runtime" -> changed.setRuntime(wanted.getRuntime());
                case "spec" -> changed.setSpec(wanted.getSpec());
                default ->
                    throw new InvalidArgument(
                            "cannot update \"" + field + "\" of sandbox \"" + wanted.getSandboxId() + "\"");
            }
        }
    }

    @Override
    public void delete(StoreDeleteRequest request, StreamObserver<StoreDeleteResponse> reply) {
        Reply.with(reply, () -> {
            get(request.getSandboxId());
            records.apply(List.of(new Change.Delete(KIND, key(request.getSandboxId()))));
            return StoreDeleteResponse.getDefaultInstance();
        });
    }

    private static String key(String id) {
        return SandboxRecords.key(Caller.scope().namespace(), id);
    }

    private static String document(Sandbox sandbox) {
        return Base64.getEncoder().encodeToString(sandbox.toByteArray());
    }

    private static Sandbox sandbox(String document) {
        try {
            return Sandbox.parseFrom(Base64.getDecoder().decode(document));
        } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
            throw new DataLoss("a sandbox's record cannot be read: data loss", e);
        }
    }
}
