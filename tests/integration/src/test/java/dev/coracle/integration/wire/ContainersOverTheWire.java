package dev.coracle.integration.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import dev.coracle.containerd.api.containers.Container;
import dev.coracle.containerd.api.containers.ContainersGrpc;
import dev.coracle.containerd.api.containers.ContainersGrpc.ContainersBlockingStub;
import dev.coracle.containerd.api.containers.CreateContainerRequest;
import dev.coracle.containerd.api.containers.DeleteContainerRequest;
import dev.coracle.containerd.api.containers.GetContainerRequest;
import dev.coracle.containerd.api.containers.ListContainersRequest;
import dev.coracle.containerd.api.containers.UpdateContainerRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ContainersOverTheWire extends OverTheWire {
    private static final Any SPEC = Any.newBuilder()
            .setTypeUrl("types.containerd.io/opencontainers/runtime-spec/1/Spec")
            .setValue(ByteString.copyFromUtf8("{ \"ociVersion\":\"1.1.0\"}"))
            .build();
    private static final Any OTHER =
            SPEC.toBuilder().setValue(ByteString.copyFromUtf8("{}")).build();

    private final ContainersBlockingStub containers = in(ContainersGrpc.newBlockingStub(channel));

    private static Container container(String id) {
        return Container.newBuilder()
                .setId(id)
                .setImage("img")
                .setSnapshotter("native")
                .setSnapshotKey("key")
                .putLabels("a", "1")
                .setRuntime(Container.Runtime.newBuilder()
                        .setName("io.containerd.runc.v2")
                        .setOptions(Any.newBuilder().setTypeUrl("containerd.runc.v1.Options")))
                .setSpec(SPEC)
                .putExtensions("x.y", SPEC)
                .build();
    }

    @Test
    void a_container_is_returned_byte_by_byte() {
        var created = create(container("c"));

        assertThat(get("c")).isEqualTo(created);
        assertThat(created.getSpec()).isEqualTo(SPEC);
        assertThat(created.getRuntime()).isEqualTo(container("c").getRuntime());
        assertThat(created.getExtensionsMap()).isEqualTo(Map.of("x.y", SPEC));
        assertThat(created.hasCreatedAt()).isTrue();
        assertThat(created.getUpdatedAt()).isEqualTo(created.getCreatedAt());
        exists(() -> create(container("c")));
        isMissing(() -> get("nobody"));
    }

    @Test
    @ContainerdDiffers(value = "a specification that is absent is stored as an empty one", since = "2.0")
    void a_container_needs_a_specification() {
        refuses("", () -> create(container("c").toBuilder().clearSpec().build()));
    }

    @Test
    void a_container_needs_a_runtime_and_a_good_id() {
        for (var bad : List.of(
                container("c").toBuilder().clearRuntime(),
                container("c").toBuilder().clearSnapshotter(),
                container("").toBuilder(),
                container("no/slash").toBuilder(),
                container("c".repeat(77)).toBuilder(),
                container("c").toBuilder().putExtensions("", SPEC),
                container("c").toBuilder().putAllLabels(labelsOf(4097)))) {
            refuses("", () -> create(bad.build()));
        }
        create(container("c".repeat(76)).toBuilder()
                .putAllLabels(labelsOf(4096))
                .build());
    }

    @Test
    void lists_come_in_one_message_or_one_by_one() {
        for (var id : List.of("c1", "c2", "d3")) {
            create(container(id).toBuilder().putLabels("id", id).build());
        }

        for (var filters : List.of(
                List.of("id~=c[12]"),
                List.of("id==c2", "id==c1"),
                List.of("labels.id==c1", "labels.id==c2"),
                List.of("image==img, runtime.name==io.containerd.runc.v2, id!=d3"))) {
            var request =
                    ListContainersRequest.newBuilder().addAllFilters(filters).build();
            assertThat(containers.list(request).getContainersList())
                    .extracting(Container::getId)
                    .containsExactly("c1", "c2");
            var streamed = new ArrayList<String>();
            containers
                    .listStream(request)
                    .forEachRemaining(one -> streamed.add(one.getContainer().getId()));
            assertThat(streamed).containsExactly("c1", "c2");
        }
        var bad = ListContainersRequest.newBuilder().addFilters("id=c").build();
        refuses("filter", () -> containers.list(bad));
        refuses("filter", () -> containers.listStream(bad).hasNext());
    }

    @Test
    void an_update_by_mask_changes_what_it_names() {
        create(container("c"));
        var other = Container.newBuilder()
                .setId("c")
                .setImage("img2")
                .setSnapshotKey("key2")
                .setSpec(OTHER)
                .putLabels("b", "2")
                .putExtensions("z", OTHER)
                .build();

        assertThat(update(other, "snapshotkey").getSnapshotKey()).isEqualTo("key2");
        assertThat(update(other, "image").getImage()).isEqualTo("img2");
        assertThat(update(other, "spec").getSpec()).isEqualTo(OTHER);
        assertThat(update(other, "labels.b").getLabelsMap()).isEqualTo(Map.of("a", "1", "b", "2"));
        assertThat(update(other, "labels").getLabelsMap()).isEqualTo(Map.of("b", "2"));
        assertThat(update(other, "extensions.z").getExtensionsMap()).isEqualTo(Map.of("x.y", SPEC, "z", OTHER));
        assertThat(update(other, "extensions").getExtensionsMap()).isEqualTo(Map.of("z", OTHER));
        assertThat(get("c").getRuntime()).isEqualTo(container("c").getRuntime());
    }

    @Test
    void an_update_of_what_stays_is_refused() {
        create(container("c"));

        for (var path : List.of("snapshotter", "runtime", "runtime.name", "id", "cats")) {
            refuses("", () -> update(container("c"), path));
        }
        refuses("", () -> update(container("")));
        isMissing(() -> update(container("nobody"), "labels"));
    }

    @Test
    void an_update_without_a_mask_replaces_what_may_change() {
        var created = create(container("c"));

        var updated = update(container("c").toBuilder()
                .clearLabels()
                .putLabels("b", "2")
                .clearExtensions()
                .setImage("img2")
                .setSpec(OTHER)
                .setSnapshotKey("key2")
                .build());

        assertThat(updated.getLabelsMap()).isEqualTo(Map.of("b", "2"));
        assertThat(updated.getExtensionsMap()).isEmpty();
        assertThat(updated.getImage()).isEqualTo("img2");
        assertThat(updated.getSpec()).isEqualTo(OTHER);
        assertThat(updated.getCreatedAt()).isEqualTo(created.getCreatedAt());
        refuses(
                "",
                () -> update(
                        container("c").toBuilder().setSnapshotter("overlayfs").build()));
        refuses(
                "",
                () -> update(container("c").toBuilder()
                        .setRuntime(Container.Runtime.newBuilder().setName("other"))
                        .build()));
    }

    @Test
    void a_deletion_is_by_id() {
        create(container("c"));

        delete("c");

        isMissing(() -> get("c"));
        isMissing(() -> delete("c"));
    }

    @Test
    void a_namespace_is_required() {
        var none = ContainersGrpc.newBlockingStub(channel);

        needsNamespace(
                () -> none.get(GetContainerRequest.newBuilder().setId("c").build()));
        needsNamespace(() -> none.list(ListContainersRequest.getDefaultInstance()));
        needsNamespace(() ->
                none.listStream(ListContainersRequest.getDefaultInstance()).hasNext());
        needsNamespace(() -> none.create(
                CreateContainerRequest.newBuilder().setContainer(container("c")).build()));
        needsNamespace(() -> none.update(
                UpdateContainerRequest.newBuilder().setContainer(container("c")).build()));
        needsNamespace(
                () -> none.delete(DeleteContainerRequest.newBuilder().setId("c").build()));
    }

    private Container create(Container container) {
        return containers
                .create(CreateContainerRequest.newBuilder()
                        .setContainer(container)
                        .build())
                .getContainer();
    }

    private Container get(String id) {
        return containers
                .get(GetContainerRequest.newBuilder().setId(id).build())
                .getContainer();
    }

    private Container update(Container container, String... paths) {
        return containers
                .update(UpdateContainerRequest.newBuilder()
                        .setContainer(container)
                        .setUpdateMask(mask(paths))
                        .build())
                .getContainer();
    }

    private void delete(String id) {
        containers.delete(DeleteContainerRequest.newBuilder().setId(id).build());
    }
}
