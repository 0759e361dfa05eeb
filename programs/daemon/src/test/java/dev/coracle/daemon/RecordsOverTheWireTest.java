package dev.coracle.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.FieldMask;
import dev.coracle.containerd.api.containers.Container;
import dev.coracle.containerd.api.containers.ContainersGrpc;
import dev.coracle.containerd.api.containers.ContainersGrpc.ContainersBlockingStub;
import dev.coracle.containerd.api.containers.CreateContainerRequest;
import dev.coracle.containerd.api.containers.DeleteContainerRequest;
import dev.coracle.containerd.api.containers.GetContainerRequest;
import dev.coracle.containerd.api.containers.ListContainersRequest;
import dev.coracle.containerd.api.containers.UpdateContainerRequest;
import dev.coracle.containerd.api.images.CreateImageRequest;
import dev.coracle.containerd.api.images.DeleteImageRequest;
import dev.coracle.containerd.api.images.GetImageRequest;
import dev.coracle.containerd.api.images.Image;
import dev.coracle.containerd.api.images.ImagesGrpc;
import dev.coracle.containerd.api.images.ImagesGrpc.ImagesBlockingStub;
import dev.coracle.containerd.api.images.ListImagesRequest;
import dev.coracle.containerd.api.images.UpdateImageRequest;
import dev.coracle.containerd.api.leases.AddResourceRequest;
import dev.coracle.containerd.api.leases.CreateRequest;
import dev.coracle.containerd.api.leases.DeleteRequest;
import dev.coracle.containerd.api.leases.LeasesGrpc;
import dev.coracle.containerd.api.leases.LeasesGrpc.LeasesBlockingStub;
import dev.coracle.containerd.api.leases.ListRequest;
import dev.coracle.containerd.api.leases.ListResourcesRequest;
import dev.coracle.containerd.api.leases.Resource;
import dev.coracle.containerd.api.namespaces.CreateNamespaceRequest;
import dev.coracle.containerd.api.namespaces.DeleteNamespaceRequest;
import dev.coracle.containerd.api.namespaces.GetNamespaceRequest;
import dev.coracle.containerd.api.namespaces.Namespace;
import dev.coracle.containerd.api.namespaces.NamespacesGrpc;
import dev.coracle.containerd.api.namespaces.UpdateNamespaceRequest;
import dev.coracle.containerd.api.snapshots.PrepareSnapshotRequest;
import dev.coracle.containerd.api.snapshots.SnapshotsGrpc;
import dev.coracle.containerd.api.tasks.GetRequest;
import dev.coracle.containerd.api.tasks.ListTasksRequest;
import dev.coracle.containerd.api.tasks.TasksGrpc;
import dev.coracle.containerd.api.types.Descriptor;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RecordsOverTheWireTest extends SharedDaemonTest {
    private static final String DIGEST = "sha256:" + "a".repeat(64);
    private static final Any SPEC = Any.newBuilder()
            .setTypeUrl("types.containerd.io/opencontainers/runtime-spec/1/Spec")
            .setValue(ByteString.copyFromUtf8("{ \"ociVersion\":\"1.1.0\"}"))
            .build();

    @Test
    void a_namespace_that_does_not_exist_has_no_labels_and_cannot_be_deleted() {
        var namespaces = NamespacesGrpc.newBlockingStub(daemon.channel);

        var unknown = namespaces.get(
                GetNamespaceRequest.newBuilder().setName("nobody").build());
        assertThat(unknown.getNamespace().getLabelsMap()).isEmpty();
        fails(
                Status.Code.NOT_FOUND,
                "not found",
                () -> namespaces.delete(
                        DeleteNamespaceRequest.newBuilder().setName("nobody").build()));
    }

    @Test
    void namespaces_are_made_labelled_and_deleted_when_empty() {
        var namespaces = NamespacesGrpc.newBlockingStub(daemon.channel);
        var wanted = Namespace.newBuilder().setName("made").putLabels("a", "1").putLabels("b", "2");
        namespaces.create(
                CreateNamespaceRequest.newBuilder().setNamespace(wanted).build());

        fails(
                Status.Code.ALREADY_EXISTS,
                "already exists",
                () -> namespaces.create(
                        CreateNamespaceRequest.newBuilder().setNamespace(wanted).build()));
        var answer = namespaces.update(UpdateNamespaceRequest.newBuilder()
                .setNamespace(Namespace.newBuilder().setName("made").putLabels("a", ""))
                .setUpdateMask(FieldMask.newBuilder().addPaths("labels.a"))
                .build());
        assertThat(answer.hasNamespace()).as("an update answers nothing").isFalse();
        var labels =
                namespaces.get(GetNamespaceRequest.newBuilder().setName("made").build());
        assertThat(labels.getNamespace().getLabelsMap()).isEqualTo(Map.of("b", "2"));
        fails(
                Status.Code.INVALID_ARGUMENT,
                "labels",
                () -> namespaces.update(UpdateNamespaceRequest.newBuilder()
                        .setNamespace(wanted)
                        .setUpdateMask(FieldMask.newBuilder().addPaths("labels"))
                        .build()));
        images("made")
                .create(CreateImageRequest.newBuilder().setImage(image("i")).build());
        fails(
                Status.Code.FAILED_PRECONDITION,
                "image",
                () -> namespaces.delete(
                        DeleteNamespaceRequest.newBuilder().setName("made").build()));
    }

    @Test
    void an_image_needs_a_name_and_a_whole_target() {
        fails(
                Status.Code.INVALID_ARGUMENT,
                "name",
                () -> images("bad")
                        .create(CreateImageRequest.newBuilder()
                                .setImage(image(""))
                                .build()));
        fails(
                Status.Code.INVALID_ARGUMENT,
                "digest",
                () -> images("bad")
                        .create(CreateImageRequest.newBuilder()
                                .setImage(Image.newBuilder().setName("i").setTarget(Descriptor.getDefaultInstance()))
                                .build()));
    }

    @Test
    void an_update_by_mask_leaves_the_target_alone() {
        images("masks")
                .create(CreateImageRequest.newBuilder().setImage(image("i")).build());

        var updated = images("masks")
                .update(UpdateImageRequest.newBuilder()
                        .setImage(Image.newBuilder().setName("i").putLabels("k.x", "v"))
                        .setUpdateMask(FieldMask.newBuilder().addPaths("labels.k.x"))
                        .build())
                .getImage();

        assertThat(updated.getTarget()).isEqualTo(image("i").getTarget());
        assertThat(updated.getLabelsMap()).isEqualTo(Map.of("k.x", "v"));
        fails(
                Status.Code.NOT_FOUND,
                "not found",
                () -> images("masks")
                        .update(UpdateImageRequest.newBuilder()
                                .setImage(image("other"))
                                .build()));
        var found = images("masks")
                .list(ListImagesRequest.newBuilder()
                        .addFilters("name==other")
                        .addFilters("target.digest==" + DIGEST + ", labels.\"k.x\"==v")
                        .build());
        assertThat(found.getImagesList()).extracting(Image::getName).containsExactly("i");
        fails(
                Status.Code.INVALID_ARGUMENT,
                "filter",
                () -> images("masks")
                        .list(ListImagesRequest.newBuilder()
                                .addFilters("name=i")
                                .build()));
    }

    @Test
    void an_image_is_deleted_by_name_and_perhaps_target() {
        images("gone")
                .create(CreateImageRequest.newBuilder().setImage(image("i")).build());
        var other = Descriptor.newBuilder().setDigest("sha256:" + "b".repeat(64));

        fails(
                Status.Code.NOT_FOUND,
                "",
                () -> images("gone")
                        .delete(DeleteImageRequest.newBuilder()
                                .setName("i")
                                .setTarget(other)
                                .build()));
        images("gone")
                .delete(DeleteImageRequest.newBuilder()
                        .setName("i")
                        .setSync(true)
                        .build());
        fails(
                Status.Code.NOT_FOUND,
                "not found",
                () -> images("gone")
                        .get(GetImageRequest.newBuilder().setName("i").build()));
    }

    @Test
    void a_container_is_returned_byte_by_byte() {
        var created = containers("bytes")
                .create(CreateContainerRequest.newBuilder()
                        .setContainer(container("c"))
                        .build())
                .getContainer();

        var read = containers("bytes")
                .get(GetContainerRequest.newBuilder().setId("c").build())
                .getContainer();
        assertThat(read).isEqualTo(created);
        assertThat(read.getSpec()).isEqualTo(SPEC);
        assertThat(read.getExtensionsMap()).containsOnlyKeys("x.y");
        assertThat(read.hasCreatedAt()).isTrue();
        fails(
                Status.Code.ALREADY_EXISTS,
                "already exists",
                () -> containers("bytes")
                        .create(CreateContainerRequest.newBuilder()
                                .setContainer(container("c"))
                                .build()));
    }

    @Test
    void a_container_needs_a_runtime_a_specification_and_a_good_id() {
        for (var bad : List.of(
                container("c").toBuilder().clearRuntime(),
                container("c").toBuilder().clearSpec(),
                container("no/slash").toBuilder())) {
            fails(
                    Status.Code.INVALID_ARGUMENT,
                    "",
                    () -> containers("needs")
                            .create(CreateContainerRequest.newBuilder()
                                    .setContainer(bad)
                                    .build()));
        }
    }

    @Test
    void containers_are_updated_by_the_paths_that_may_change() {
        containers("paths")
                .create(CreateContainerRequest.newBuilder()
                        .setContainer(container("c"))
                        .build());

        var updated = containers("paths")
                .update(UpdateContainerRequest.newBuilder()
                        .setContainer(Container.newBuilder().setId("c").setSnapshotKey("k2"))
                        .setUpdateMask(FieldMask.newBuilder().addPaths("snapshotkey"))
                        .build())
                .getContainer();
        assertThat(updated.getSnapshotKey()).isEqualTo("k2");
        assertThat(updated.getImage()).isEqualTo("img");
        fails(
                Status.Code.INVALID_ARGUMENT,
                "",
                () -> containers("paths")
                        .update(UpdateContainerRequest.newBuilder()
                                .setContainer(container("c"))
                                .setUpdateMask(FieldMask.newBuilder().addPaths("snapshotter"))
                                .build()));
        fails(
                Status.Code.NOT_FOUND,
                "not found",
                () -> containers("paths")
                        .delete(DeleteContainerRequest.newBuilder()
                                .setId("nobody")
                                .build()));
    }

    @Test
    void containers_are_listed_in_one_message_or_one_by_one() {
        for (var id : List.of("c1", "c2", "c3")) {
            containers("lists")
                    .create(CreateContainerRequest.newBuilder()
                            .setContainer(container(id))
                            .build());
        }

        var filter = ListContainersRequest.newBuilder().addFilters("id~=c[12]").build();
        assertThat(containers("lists").list(filter).getContainersList())
                .extracting(Container::getId)
                .containsExactly("c1", "c2");
        var streamed = new ArrayList<String>();
        containers("lists")
                .listStream(filter)
                .forEachRemaining(message -> streamed.add(message.getContainer().getId()));
        assertThat(streamed).containsExactly("c1", "c2");
    }

    @Test
    void leases_hold_resources_of_the_known_types() {
        var lease = leases("leases")
                .create(CreateRequest.newBuilder()
                        .setId("l")
                        .putLabels("k", "v")
                        .build())
                .getLease();
        assertThat(lease.getId()).isEqualTo("l");
        assertThat(leases("leases")
                        .create(CreateRequest.getDefaultInstance())
                        .getLease()
                        .getId())
                .as("a random one")
                .isNotEmpty();
        fails(
                Status.Code.ALREADY_EXISTS,
                "already exists",
                () -> leases("leases")
                        .create(CreateRequest.newBuilder().setId("l").build()));
        var content = Resource.newBuilder().setType("content").setId(DIGEST).build();
        leases("leases").addResource(add("l", content));
        assertThat(leases("leases")
                        .listResources(
                                ListResourcesRequest.newBuilder().setId("l").build())
                        .getResourcesList())
                .containsExactly(content);
        fails(
                Status.Code.UNIMPLEMENTED,
                "",
                () -> leases("leases")
                        .addResource(add(
                                "l",
                                Resource.newBuilder().setType("cats").setId("x").build())));
        fails(Status.Code.NOT_FOUND, "not found", () -> leases("leases").addResource(add("nobody", content)));
        assertThat(leases("leases")
                        .list(ListRequest.newBuilder().addFilters("labels.k==v").build())
                        .getLeasesList())
                .hasSize(1);
        leases("leases")
                .delete(DeleteRequest.newBuilder().setId("l").setSync(true).build());
        fails(
                Status.Code.NOT_FOUND,
                "not found",
                () -> leases("leases")
                        .delete(DeleteRequest.newBuilder().setId("l").build()));
    }

    @Test
    void what_is_made_under_a_lease_belongs_to_it_and_an_unknown_lease_is_refused() {
        leases("leased").create(CreateRequest.newBuilder().setId("l").build());
        var leased = daemon.with(
                Map.of("containerd-namespace", "leased", "containerd-lease", "l"),
                ImagesGrpc.newBlockingStub(daemon.channel));
        leased.create(CreateImageRequest.newBuilder().setImage(image("i")).build());

        assertThat(leases("leased")
                        .listResources(
                                ListResourcesRequest.newBuilder().setId("l").build())
                        .getResourcesList())
                .extracting(Resource::getType, Resource::getId)
                .contains(org.assertj.core.groups.Tuple.tuple("images", "i"));
        var unknown = daemon.with(
                Map.of("containerd-namespace", "leased", "containerd-lease", "nobody"),
                ImagesGrpc.newBlockingStub(daemon.channel));
        fails(
                Status.Code.NOT_FOUND,
                "lease",
                () -> unknown.create(
                        CreateImageRequest.newBuilder().setImage(image("j")).build()));
    }

    @Test
    void an_unknown_snapshotter_is_an_invalid_argument() {
        var snapshots = daemon.in("snapshots", SnapshotsGrpc.newBlockingStub(daemon.channel));

        fails(
                Status.Code.INVALID_ARGUMENT,
                "cats",
                () -> snapshots.prepare(PrepareSnapshotRequest.newBuilder()
                        .setSnapshotter("cats")
                        .setKey("k")
                        .build()));
        fails(
                Status.Code.INVALID_ARGUMENT,
                "",
                () -> snapshots.prepare(
                        PrepareSnapshotRequest.newBuilder().setKey("k").build()));
    }

    @Test
    void a_container_without_a_task_has_none() {
        containers("tasks")
                .create(CreateContainerRequest.newBuilder()
                        .setContainer(container("c"))
                        .build());
        var tasks = daemon.in("tasks", TasksGrpc.newBlockingStub(daemon.channel));

        fails(
                Status.Code.NOT_FOUND,
                "not found",
                () -> tasks.get(GetRequest.newBuilder().setContainerId("c").build()));
        fails(
                Status.Code.NOT_FOUND,
                "not found",
                () -> tasks.get(GetRequest.newBuilder().setContainerId("nobody").build()));
        assertThat(tasks.list(ListTasksRequest.getDefaultInstance()).getTasksList())
                .isEmpty();
    }

    private ImagesBlockingStub images(String namespace) {
        return daemon.in(namespace, ImagesGrpc.newBlockingStub(daemon.channel));
    }

    private ContainersBlockingStub containers(String namespace) {
        return daemon.in(namespace, ContainersGrpc.newBlockingStub(daemon.channel));
    }

    private LeasesBlockingStub leases(String namespace) {
        return daemon.in(namespace, LeasesGrpc.newBlockingStub(daemon.channel));
    }

    private static AddResourceRequest add(String lease, Resource resource) {
        return AddResourceRequest.newBuilder()
                .setId(lease)
                .setResource(resource)
                .build();
    }

    private static Image image(String name) {
        return Image.newBuilder()
                .setName(name)
                .setTarget(Descriptor.newBuilder()
                        .setMediaType("application/vnd.oci.image.manifest.v1+json")
                        .setDigest(DIGEST)
                        .setSize(7))
                .build();
    }

    private static Container container(String id) {
        return Container.newBuilder()
                .setId(id)
                .setImage("img")
                .setSnapshotter("native")
                .setRuntime(Container.Runtime.newBuilder()
                        .setName("io.containerd.runc.v2")
                        .setOptions(Any.newBuilder().setTypeUrl("containerd.runc.v1.Options")))
                .setSpec(SPEC)
                .putExtensions("x.y", SPEC)
                .build();
    }
}
