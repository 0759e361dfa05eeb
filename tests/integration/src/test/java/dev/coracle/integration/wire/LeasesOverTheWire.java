package dev.coracle.integration.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.coracle.containerd.api.content.ContentGrpc;
import dev.coracle.containerd.api.content.InfoRequest;
import dev.coracle.containerd.api.images.CreateImageRequest;
import dev.coracle.containerd.api.images.ImagesGrpc;
import dev.coracle.containerd.api.leases.AddResourceRequest;
import dev.coracle.containerd.api.leases.CreateRequest;
import dev.coracle.containerd.api.leases.DeleteRequest;
import dev.coracle.containerd.api.leases.DeleteResourceRequest;
import dev.coracle.containerd.api.leases.Lease;
import dev.coracle.containerd.api.leases.LeasesGrpc;
import dev.coracle.containerd.api.leases.LeasesGrpc.LeasesBlockingStub;
import dev.coracle.containerd.api.leases.ListRequest;
import dev.coracle.containerd.api.leases.ListResourcesRequest;
import dev.coracle.containerd.api.leases.Resource;
import dev.coracle.containerd.api.snapshots.PrepareSnapshotRequest;
import dev.coracle.containerd.api.snapshots.SnapshotsGrpc;
import io.grpc.Status;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LeasesOverTheWire extends OverTheWire {
    private static final String DIGEST = "sha256:" + "a".repeat(64);

    private final LeasesBlockingStub leases = in(LeasesGrpc.newBlockingStub(channel));

    @Test
    void a_lease_has_the_id_that_was_asked_for_or_a_new_one() {
        var made = create("l", Map.of("k", "v"));

        assertThat(made.getId()).isEqualTo("l");
        assertThat(made.getLabelsMap()).isEqualTo(Map.of("k", "v"));
        assertThat(made.hasCreatedAt()).isTrue();
        assertThat(create("", Map.of()).getId()).isNotEmpty();
        exists(() -> create("l", Map.of()));
    }

    @Test
    void lists_are_filtered_by_id_and_labels() {
        create("a", Map.of("k", "v"));
        create("b", Map.of());

        assertThat(list()).containsExactlyInAnyOrder("a", "b");
        assertThat(list("labels.k==v")).containsExactly("a");
        assertThat(list("id==b", "id==c")).containsExactly("b");
        refuses("filter", () -> list("id=b"));
    }

    @Test
    @ContainerdDiffers("labels of leases have any length there")
    void labels_have_a_longest_length() {
        refuses("label", () -> create("l", labelsOf(4097)));
        create("l", labelsOf(4096));
    }

    @Test
    void resources_are_added_listed_and_taken_out() {
        create("l", Map.of());
        var wanted = List.of(resource("content", DIGEST), resource("ingests", "r"), resource("snapshots/native", "s"));

        wanted.forEach(one -> add("l", one));
        add("l", wanted.getFirst()); // once more
        assertThat(resources("l")).containsExactlyInAnyOrderElementsOf(wanted);
        take("l", wanted.getFirst());
        take("l", wanted.getFirst()); // what is not there is taken out as well
        assertThat(resources("l")).containsExactlyInAnyOrderElementsOf(wanted.subList(1, 3));
    }

    @Test
    @Since("1.7")
    void an_image_is_a_resource() {
        create("l", Map.of());

        add("l", resource("images", "i"));

        assertThat(resources("l")).containsExactly(resource("images", "i"));
    }

    @Test
    void resources_of_unknown_kinds_and_bad_names_are_refused() {
        create("l", Map.of());

        for (var call : List.<java.util.function.BiConsumer<String, Resource>>of(this::add, this::take)) {
            fails(Status.Code.UNIMPLEMENTED, "", () -> call.accept("l", resource("cats", "x")));
            refuses("", () -> call.accept("l", resource("content", "nonsense")));
            refuses("", () -> call.accept("l", resource("snapshots", "x")));
            refuses("", () -> call.accept("l", resource("snapshots/a/b", "x")));
            isMissing(() -> call.accept("nobody", resource("content", DIGEST)));
        }
        isMissing(() -> resources("nobody"));
    }

    @Test
    void a_deletion_is_by_id() {
        create("l", Map.of());

        delete("l", true);

        assertThat(list()).isEmpty();
        isMissing(() -> delete("l", false));
        isMissing(() -> delete("l", true));
    }

    @Test
    void what_is_made_under_a_lease_belongs_to_it() throws Exception {
        create("l", Map.of());
        var digest = ContentOverTheWire.put(
                leased("l", ContentGrpc.newStub(channel)), ByteString.copyFromUtf8("leased"), Map.of());
        leased("l", SnapshotsGrpc.newBlockingStub(channel))
                .prepare(PrepareSnapshotRequest.newBuilder()
                        .setSnapshotter("native")
                        .setKey("s")
                        .build());

        assertThat(resources("l")).contains(resource("content", digest), resource("snapshots/native", "s"));
    }

    @Test
    @Since("1.7")
    void what_exists_already_belongs_to_the_lease_as_well() throws Exception {
        create("l", Map.of());
        create("m", Map.of());
        var bytes = ByteString.copyFromUtf8("twice");
        var digest = ContentOverTheWire.put(leased("l", ContentGrpc.newStub(channel)), bytes, Map.of());
        exists(() -> ContentOverTheWire.put(leased("m", ContentGrpc.newStub(channel)), bytes, Map.of()));
        var prepare = PrepareSnapshotRequest.newBuilder()
                .setSnapshotter("native")
                .setKey("s")
                .build();
        leased("l", SnapshotsGrpc.newBlockingStub(channel)).prepare(prepare);
        exists(() -> leased("m", SnapshotsGrpc.newBlockingStub(channel)).prepare(prepare));

        assertThat(resources("m")).contains(resource("content", digest), resource("snapshots/native", "s"));
    }

    @Test
    void a_synchronous_deletion_takes_what_only_the_lease_held() throws Exception {
        create("l", Map.of());
        var digest = ContentOverTheWire.put(
                leased("l", ContentGrpc.newStub(channel)), ByteString.copyFromUtf8("held"), Map.of());
        var content = in(ContentGrpc.newBlockingStub(channel));
        var info = InfoRequest.newBuilder().setDigest(digest).build();
        assertThat(content.info(info).getInfo().getSize()).isEqualTo(4);

        delete("l", true);

        isMissing(() -> content.info(info));
    }

    @Test
    void an_unknown_lease_is_refused_when_something_is_made() {
        fails(
                Status.Code.NOT_FOUND,
                "lease",
                () -> leased("nobody", SnapshotsGrpc.newBlockingStub(channel))
                        .prepare(PrepareSnapshotRequest.newBuilder()
                                .setSnapshotter("native")
                                .setKey("s")
                                .build()));
    }

    @Test
    @Since("1.7")
    void an_image_belongs_to_the_lease_when_it_expires() {
        create("l", Map.of());
        var lasting = ImagesOverTheWire.image("lasting");
        var expiring = ImagesOverTheWire.image("expiring").toBuilder()
                .putLabels("containerd.io/gc.expire", "2100-01-01T00:00:00Z");
        var images = leased("l", ImagesGrpc.newBlockingStub(channel));
        images.create(CreateImageRequest.newBuilder().setImage(lasting).build());
        images.create(CreateImageRequest.newBuilder().setImage(expiring).build());

        assertThat(resources("l")).containsExactly(resource("images", "expiring"));
        fails(
                Status.Code.NOT_FOUND,
                "lease",
                () -> leased("nobody", ImagesGrpc.newBlockingStub(channel))
                        .create(CreateImageRequest.newBuilder()
                                .setImage(expiring.setName("other"))
                                .build()));
    }

    @Test
    void a_namespace_is_required() {
        var none = LeasesGrpc.newBlockingStub(channel);

        needsNamespace(() -> none.create(CreateRequest.newBuilder().setId("l").build()));
        needsNamespace(() -> none.list(ListRequest.getDefaultInstance()));
        needsNamespace(() -> none.delete(DeleteRequest.newBuilder().setId("l").build()));
        needsNamespace(() ->
                none.listResources(ListResourcesRequest.newBuilder().setId("l").build()));
        needsNamespace(() -> none.addResource(AddResourceRequest.newBuilder()
                .setId("l")
                .setResource(resource("content", DIGEST))
                .build()));
        needsNamespace(() -> none.deleteResource(DeleteResourceRequest.newBuilder()
                .setId("l")
                .setResource(resource("content", DIGEST))
                .build()));
    }

    private Lease create(String id, Map<String, String> labels) {
        return leases.create(CreateRequest.newBuilder()
                        .setId(id)
                        .putAllLabels(labels)
                        .build())
                .getLease();
    }

    private void delete(String id, boolean sync) {
        leases.delete(DeleteRequest.newBuilder().setId(id).setSync(sync).build());
    }

    private List<String> list(String... filters) {
        return leases
                .list(ListRequest.newBuilder().addAllFilters(List.of(filters)).build())
                .getLeasesList()
                .stream()
                .map(Lease::getId)
                .toList();
    }

    private void add(String lease, Resource resource) {
        leases.addResource(AddResourceRequest.newBuilder()
                .setId(lease)
                .setResource(resource)
                .build());
    }

    private void take(String lease, Resource resource) {
        leases.deleteResource(DeleteResourceRequest.newBuilder()
                .setId(lease)
                .setResource(resource)
                .build());
    }

    private List<Resource> resources(String lease) {
        return leases.listResources(
                        ListResourcesRequest.newBuilder().setId(lease).build())
                .getResourcesList();
    }

    private static Resource resource(String type, String id) {
        return Resource.newBuilder().setType(type).setId(id).build();
    }
}
