package dev.coracle.integration.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import dev.coracle.containerd.api.sandbox.StoreCreateRequest;
import dev.coracle.containerd.api.sandbox.StoreDeleteRequest;
import dev.coracle.containerd.api.sandbox.StoreGetRequest;
import dev.coracle.containerd.api.sandbox.StoreGrpc;
import dev.coracle.containerd.api.sandbox.StoreGrpc.StoreBlockingStub;
import dev.coracle.containerd.api.sandbox.StoreListRequest;
import dev.coracle.containerd.api.sandbox.StoreUpdateRequest;
import dev.coracle.containerd.api.types.Sandbox;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

@Since("1.7")
class SandboxStoreOverTheWire extends OverTheWire {
    private static final Any SPEC = Any.newBuilder()
            .setTypeUrl("types.containerd.io/opencontainers/runtime-spec/1/Spec")
            .setValue(ByteString.copyFromUtf8("{ \"ociVersion\":\"1.1.0\"}"))
            .build();

    private final StoreBlockingStub store = in(StoreGrpc.newBlockingStub(channel));

    private static Sandbox sandbox(String id) {
        return Sandbox.newBuilder()
                .setSandboxId(id)
                .setRuntime(Sandbox.Runtime.newBuilder().setName("r"))
                .setSpec(SPEC)
                .setSandboxer("shim")
                .putLabels("a", "1")
                .putExtensions("x.y", SPEC)
                .build();
    }

    @Test
    void a_sandbox_is_returned_as_it_was() {
        var created = create(sandbox("s"));

        assertThat(created.hasCreatedAt() && created.hasUpdatedAt()).isTrue();
        assertThat(created.toBuilder().clearCreatedAt().clearUpdatedAt().build())
                .isEqualTo(sandbox("s"));
        assertThat(get("s")).isEqualTo(created);
        exists(() -> create(sandbox("s")));
        isMissing(() -> get("nobody"));
    }

    @Test
    void a_sandbox_needs_a_good_id() {
        for (var bad : List.of(
                sandbox("").toBuilder(), sandbox("no/slash").toBuilder(), sandbox("s".repeat(77)).toBuilder())) {
            refuses("", () -> create(bad.build()));
        }
        create(sandbox("s".repeat(76)));
    }

    @Test
    void a_runtime_need_not_be_named() {
        create(sandbox("s").toBuilder().setRuntime(Sandbox.Runtime.newBuilder()).build());
    }

    @Test
    @ContainerdDiffers("labels of sandboxes have any length there")
    void labels_have_a_longest_length() {
        refuses(
                "label",
                () -> create(
                        sandbox("s").toBuilder().putAllLabels(labelsOf(4097)).build()));
    }

    @Test
    void lists_are_filtered_by_id_and_labels() {
        create(sandbox("a"));
        create(sandbox("b").toBuilder().putLabels("k", "v").build());

        assertThat(list()).containsExactly("a", "b");
        assertThat(list("labels.k==v")).containsExactly("b");
        assertThat(list("id==a", "id==c")).containsExactly("a");
        refuses("", () -> list("id=a"));
    }

    @Test
    void an_update_names_its_fields() {
        create(sandbox("s"));
        var other = Sandbox.newBuilder()
                .setSandboxId("s")
                .setRuntime(Sandbox.Runtime.newBuilder().setName("r2"))
                .setSpec(SPEC.toBuilder().setValue(ByteString.copyFromUtf8("{}")))
                .putLabels("b", "2")
                .putExtensions("z", SPEC)
                .build();

        assertThat(update(other, "labels.b").getLabelsMap()).isEqualTo(Map.of("a", "1", "b", "2"));
        assertThat(update(other, "labels").getLabelsMap()).isEqualTo(Map.of("b", "2"));
        assertThat(update(other, "extensions.z").getExtensionsMap()).isEqualTo(Map.of("x.y", SPEC, "z", SPEC));
        assertThat(update(other, "extensions").getExtensionsMap()).isEqualTo(Map.of("z", SPEC));
        assertThat(update(other, "spec").getSpec()).isEqualTo(other.getSpec());
        assertThat(update(other, "runtime").getRuntime().getName()).isEqualTo("r2");
        refuses("cannot update", () -> update(other, "sandbox_id"));
        isMissing(() -> update(sandbox("nobody"), "labels"));
    }

    @Test
    void an_update_without_fields_replaces_all_but_the_runtimes_name() {
        create(sandbox("s"));

        var updated = update(sandbox("s").toBuilder()
                .clearLabels()
                .putLabels("b", "2")
                .clearExtensions()
                .build());
        assertThat(updated.getLabelsMap()).isEqualTo(Map.of("b", "2"));
        assertThat(updated.getExtensionsMap()).isEmpty();
        refuses(
                "immutable",
                () -> update(sandbox("s").toBuilder()
                        .setRuntime(Sandbox.Runtime.newBuilder().setName("r2"))
                        .build()));
    }

    @Test
    void a_deletion_is_by_id() {
        create(sandbox("s"));

        delete("s");

        isMissing(() -> get("s"));
        isMissing(() -> delete("s"));
    }

    @Test
    void namespaces_are_apart_and_required() {
        create(sandbox("s"));
        var none = StoreGrpc.newBlockingStub(channel);
        var request = StoreGetRequest.newBuilder().setSandboxId("s").build();

        isMissing(() -> in("boxes", StoreGrpc.newBlockingStub(channel)).get(request));
        needsNamespace(() -> none.get(request));
        needsNamespace(() -> none.list(StoreListRequest.getDefaultInstance()));
        needsNamespace(() -> none.create(
                StoreCreateRequest.newBuilder().setSandbox(sandbox("s")).build()));
        needsNamespace(() -> none.update(
                StoreUpdateRequest.newBuilder().setSandbox(sandbox("s")).build()));
        needsNamespace(() ->
                none.delete(StoreDeleteRequest.newBuilder().setSandboxId("s").build()));
    }

    private Sandbox create(Sandbox sandbox) {
        return store.create(StoreCreateRequest.newBuilder().setSandbox(sandbox).build())
                .getSandbox();
    }

    private Sandbox get(String id) {
        return store.get(StoreGetRequest.newBuilder().setSandboxId(id).build()).getSandbox();
    }

    private Sandbox update(Sandbox sandbox, String... fields) {
        return store.update(StoreUpdateRequest.newBuilder()
                        .setSandbox(sandbox)
                        .addAllFields(List.of(fields))
                        .build())
                .getSandbox();
    }

    private void delete(String id) {
        store.delete(StoreDeleteRequest.newBuilder().setSandboxId(id).build());
    }

    private List<String> list(String... filters) {
        return store
                .list(StoreListRequest.newBuilder()
                        .addAllFilters(List.of(filters))
                        .build())
                .getListList()
                .stream()
                .map(Sandbox::getSandboxId)
                .toList();
    }
}
