package dev.coracle.integration.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coracle.containerd.api.snapshots.CleanupRequest;
import dev.coracle.containerd.api.snapshots.CommitSnapshotRequest;
import dev.coracle.containerd.api.snapshots.Info;
import dev.coracle.containerd.api.snapshots.Kind;
import dev.coracle.containerd.api.snapshots.ListSnapshotsRequest;
import dev.coracle.containerd.api.snapshots.MountsRequest;
import dev.coracle.containerd.api.snapshots.PrepareSnapshotRequest;
import dev.coracle.containerd.api.snapshots.RemoveSnapshotRequest;
import dev.coracle.containerd.api.snapshots.SnapshotsGrpc;
import dev.coracle.containerd.api.snapshots.SnapshotsGrpc.SnapshotsBlockingStub;
import dev.coracle.containerd.api.snapshots.StatSnapshotRequest;
import dev.coracle.containerd.api.snapshots.UpdateSnapshotRequest;
import dev.coracle.containerd.api.snapshots.UsageRequest;
import dev.coracle.containerd.api.snapshots.ViewSnapshotRequest;
import dev.coracle.containerd.api.types.Mount;
import io.grpc.Status;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class SnapshotsOverTheWire extends OverTheWire {
    private static final String NATIVE = "native";

    private final SnapshotsBlockingStub snapshots = held(SnapshotsGrpc.newBlockingStub(channel));

    @Test
    void a_layer_is_prepared_filled_committed_and_seen_from_above() throws Exception {
        var mounts = prepare("work", "");
        assertThat(mounts).singleElement().satisfies(mount -> {
            assertThat(mount.getType()).isEqualTo("bind");
            assertThat(mount.getOptionsList()).contains("rw", "rbind");
        });
        assertThat(mounts("work")).isEqualTo(mounts);
        Files.writeString(Path.of(mounts.getFirst().getSource(), "file"), "layer");
        commit("layer", "work");
        isMissing(() -> stat("work"));
        assertThat(stat("layer").getKind()).isEqualTo(Kind.COMMITTED);

        var above = prepare("above", "layer");
        assertThat(Path.of(above.getFirst().getSource(), "file")).hasContent("layer");
        var view = view("view", "layer");
        assertThat(view.getFirst().getOptionsList()).contains("ro");
        assertThat(stat("above").getParent()).isEqualTo("layer");
        assertThat(stat("above").getKind()).isEqualTo(Kind.ACTIVE);
        assertThat(stat("view").getKind()).isEqualTo(Kind.VIEW);
    }

    @Test
    void keys_and_names_are_taken_once() {
        prepare("a", "");
        prepare("b", "");
        commit("layer", "a");

        exists(() -> prepare("b", ""));
        exists(() -> view("b", "layer"));
        exists(() -> prepare("layer", ""));
        exists(() -> commit("layer", "b"));
    }

    @Test
    void what_is_not_there_is_missing() {
        isMissing(() -> prepare("a", "nobody"));
        isMissing(() -> view("a", "nobody"));
        isMissing(() -> mounts("nobody"));
        isMissing(() -> stat("nobody"));
        isMissing(() -> usage("nobody"));
        isMissing(() -> commit("x", "nobody"));
        isMissing(() -> remove("nobody"));
        isMissing(() -> update("nobody", Map.of("a", "1"), "labels.a"));
    }

    @Test
    void a_parent_is_committed() {
        prepare("a", "");
        refuses("committed", () -> prepare("b", "a"));
        refuses("committed", () -> view("b", "a"));
    }

    @Test
    @ContainerdDiffers("native looks for the folder of the view first, and fails with UNKNOWN")
    void a_view_is_not_committed() {
        prepare("a", "");
        commit("layer", "a");
        view("v", "layer");
        fails(Status.Code.FAILED_PRECONDITION, "", () -> commit("x", "v"));
    }

    @Test
    void what_has_children_stays() {
        prepare("a", "");
        commit("layer", "a");
        prepare("b", "layer");

        fails(Status.Code.FAILED_PRECONDITION, "", () -> remove("layer"));
        remove("b");
        remove("layer");
        isMissing(() -> stat("layer"));
    }

    @Test
    void labels_are_updated_by_mask() {
        var created = stat(prepareWith("a", Map.of("a", "1", "b", "2")));
        assertThat(created.getLabelsMap()).isEqualTo(Map.of("a", "1", "b", "2"));

        assertThat(update("a", Map.of("a", "x", "b", "y"), "labels.a").getLabelsMap())
                .isEqualTo(Map.of("a", "x", "b", "2"));
        assertThat(update("a", Map.of("a", ""), "labels.a").getLabelsMap()).isEqualTo(Map.of("b", "2"));
        assertThat(update("a", Map.of("c", "3"), "labels").getLabelsMap()).isEqualTo(Map.of("c", "3"));
        assertThat(update("a", Map.of("d", "4")).getLabelsMap()).isEqualTo(Map.of("d", "4"));
        refuses("", () -> update("a", Map.of(), "kind"));
        refuses("label", () -> update("a", labelsOf(4097), "labels"));
        refuses("label", () -> prepareWith("b", labelsOf(4097)));
        var updated = stat("a");
        assertThat(updated.getCreatedAt()).isEqualTo(created.getCreatedAt());
        assertThat(updated.getUpdatedAt()).isNotEqualTo(created.getUpdatedAt());
    }

    @Test
    void lists_come_a_hundred_to_a_message() {
        for (var at = 0; at < 101; at++) {
            prepareWith("s" + at, Map.of("at", Integer.toString(at)));
        }

        assertThat(list()).containsExactly(100, 1);
        assertThat(list("name==s7", "name==s8")).containsExactly(2);
        assertThat(list("kind==active, labels.at==7")).containsExactly(1);
        assertThat(list("kind==committed")).isEmpty();
    }

    @Test
    @ContainerdDiffers("the failure of this list leaves as UNKNOWN, with the same words")
    void a_list_says_what_is_wrong_with_it() {
        refuses("filter", () -> list("name=x"));
        needsNamespace(() -> SnapshotsGrpc.newBlockingStub(channel)
                .list(ListSnapshotsRequest.newBuilder().setSnapshotter(NATIVE).build())
                .hasNext());
    }

    @Test
    void usage_is_what_the_layer_adds() throws Exception {
        var mounts = prepare("a", "");
        Files.write(Path.of(mounts.getFirst().getSource(), "file"), new byte[100_000]);

        assertThat(usage("a")).isBetween(100_000L, 200_000L);
        commit("layer", "a");
        assertThat(usage("layer")).isBetween(100_000L, 200_000L);
    }

    @Test
    @ContainerdDiffers("its native snapshotter has no cleanup: UNIMPLEMENTED")
    void a_cleanup_leaves_what_is_there() {
        prepare("a", "");

        snapshots.cleanup(CleanupRequest.newBuilder().setSnapshotter(NATIVE).build());

        assertThat(Path.of(mounts("a").getFirst().getSource())).isDirectory();
    }

    @Test
    void a_snapshotter_is_required_and_known() {
        for (var name : List.of("", "cats")) {
            var prepare = PrepareSnapshotRequest.newBuilder().setSnapshotter(name);
            var info = Info.newBuilder().setName("k");
            for (var call : List.<ThrowingCallable>of(
                    () -> snapshots.prepare(prepare.setKey("k").build()),
                    () -> snapshots.view(ViewSnapshotRequest.newBuilder()
                            .setSnapshotter(name)
                            .setKey("k")
                            .build()),
                    () -> snapshots.mounts(MountsRequest.newBuilder()
                            .setSnapshotter(name)
                            .setKey("k")
                            .build()),
                    () -> snapshots.commit(CommitSnapshotRequest.newBuilder()
                            .setSnapshotter(name)
                            .setKey("k")
                            .setName("n")
                            .build()),
                    () -> snapshots.remove(RemoveSnapshotRequest.newBuilder()
                            .setSnapshotter(name)
                            .setKey("k")
                            .build()),
                    () -> snapshots.stat(StatSnapshotRequest.newBuilder()
                            .setSnapshotter(name)
                            .setKey("k")
                            .build()),
                    () -> snapshots.update(UpdateSnapshotRequest.newBuilder()
                            .setSnapshotter(name)
                            .setInfo(info)
                            .build()),
                    () -> snapshots
                            .list(ListSnapshotsRequest.newBuilder()
                                    .setSnapshotter(name)
                                    .build())
                            .hasNext(),
                    () -> snapshots.usage(UsageRequest.newBuilder()
                            .setSnapshotter(name)
                            .setKey("k")
                            .build()))) {
                refuses("snapshotter", call);
            }
        }
    }

    @Test
    void a_namespace_is_required() {
        var none = SnapshotsGrpc.newBlockingStub(channel);

        needsNamespace(() -> none.prepare(PrepareSnapshotRequest.newBuilder()
                .setSnapshotter(NATIVE)
                .setKey("k")
                .build()));
        needsNamespace(() -> none.stat(StatSnapshotRequest.newBuilder()
                .setSnapshotter(NATIVE)
                .setKey("k")
                .build()));
    }

    private List<Mount> prepare(String key, String parent) {
        return snapshots
                .prepare(PrepareSnapshotRequest.newBuilder()
                        .setSnapshotter(NATIVE)
                        .setKey(key)
                        .setParent(parent)
                        .build())
                .getMountsList();
    }

    private String prepareWith(String key, Map<String, String> labels) {
        snapshots.prepare(PrepareSnapshotRequest.newBuilder()
                .setSnapshotter(NATIVE)
                .setKey(key)
                .putAllLabels(labels)
                .build());
        return key;
    }

    private List<Mount> view(String key, String parent) {
        return snapshots
                .view(ViewSnapshotRequest.newBuilder()
                        .setSnapshotter(NATIVE)
                        .setKey(key)
                        .setParent(parent)
                        .build())
                .getMountsList();
    }

    private List<Mount> mounts(String key) {
        return snapshots
                .mounts(MountsRequest.newBuilder()
                        .setSnapshotter(NATIVE)
                        .setKey(key)
                        .build())
                .getMountsList();
    }

    private void commit(String name, String key) {
        snapshots.commit(CommitSnapshotRequest.newBuilder()
                .setSnapshotter(NATIVE)
                .setName(name)
                .setKey(key)
                .build());
    }

    private void remove(String key) {
        snapshots.remove(RemoveSnapshotRequest.newBuilder()
                .setSnapshotter(NATIVE)
                .setKey(key)
                .build());
    }

    private Info stat(String key) {
        return snapshots
                .stat(StatSnapshotRequest.newBuilder()
                        .setSnapshotter(NATIVE)
                        .setKey(key)
                        .build())
                .getInfo();
    }

    private Info update(String name, Map<String, String> labels, String... paths) {
        return snapshots
                .update(UpdateSnapshotRequest.newBuilder()
                        .setSnapshotter(NATIVE)
                        .setInfo(Info.newBuilder().setName(name).putAllLabels(labels))
                        .setUpdateMask(mask(paths))
                        .build())
                .getInfo();
    }

    private long usage(String key) {
        return snapshots
                .usage(UsageRequest.newBuilder()
                        .setSnapshotter(NATIVE)
                        .setKey(key)
                        .build())
                .getSize();
    }

    /// The sizes of the messages of a list.
    private List<Integer> list(String... filters) {
        var sizes = new ArrayList<Integer>();
        snapshots
                .list(ListSnapshotsRequest.newBuilder()
                        .setSnapshotter(NATIVE)
                        .addAllFilters(List.of(filters))
                        .build())
                .forEachRemaining(answer -> sizes.add(answer.getInfoCount()));
        return sizes;
    }
}
