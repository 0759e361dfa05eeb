package dev.coracle.core.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coracle.base.EngineException.AlreadyExists;
import dev.coracle.base.EngineException.FailedPrecondition;
import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.base.Filter;
import dev.coracle.core.leases.LeaseResource;
import dev.coracle.core.snapshots.Kind;
import dev.coracle.core.snapshots.SnapshotInfo;
import dev.coracle.core.snapshots.Snapshotter;
import dev.coracle.core.stores.Scope;
import dev.coracle.core.types.FieldMask;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What every [Snapshotter] must do as far as it shows without mounting anything.
public interface SnapshotterContract extends StoresContract {
    /// Under a lease: a collection of the store's own must not take what a test has just made.
    private Snapshotter snapshots() {
        var work = Optional.of("work");
        if (testing().leases().list(List.of(Filter.parse("id==work"))).isEmpty()) {
            testing().leases().create(work, Map.of());
        }
        return stores().in(new Scope("testing", work)).snapshotter(SNAPSHOTTER);
    }

    /// A committed snapshot upon a parent.
    private void layer(String name, String parent) {
        snapshots().prepare("making " + name, parent, Map.of());
        snapshots().commit(name, "making " + name, Map.of());
    }

    @Test
    default void an_active_snapshot_can_be_asked_about() {
        var before = Instant.now();
        layer("base", "");
        var mounts = snapshots().prepare("work", "base", Map.of("a", "1", "none", ""));

        assertThat(mounts).isNotEmpty().isEqualTo(snapshots().mounts("work"));
        var info = snapshots().stat("work");
        assertThat(info.kind()).isEqualTo(Kind.ACTIVE);
        assertThat(info.name()).isEqualTo("work");
        assertThat(info.parent()).isEqualTo("base");
        assertThat(info.labels()).isEqualTo(Map.of("a", "1"));
        assertThat(info.createdAt()).isBetween(before, Instant.now()).isEqualTo(info.updatedAt());
    }

    @Test
    default void committing_moves_the_key_to_the_name() {
        snapshots().prepare("work", "", Map.of("old", "label"));
        snapshots().commit("layer", "work", Map.of("new", "label"));

        assertThatThrownBy(() -> snapshots().stat("work")).isInstanceOf(NotFound.class);
        var info = snapshots().stat("layer");
        assertThat(info.kind()).isEqualTo(Kind.COMMITTED);
        assertThat(info.parent()).isEmpty();
        assertThat(info.labels()).isEqualTo(Map.of("new", "label"));
        assertThat(snapshots().usage("layer").inodes()).isPositive();
        assertThatThrownBy(() -> snapshots().mounts("layer")).isInstanceOf(NotFound.class);
        snapshots().prepare("work", "layer", Map.of());
    }

    @Test
    default void parents_follow_each_other() {
        layer("1", "");
        layer("2", "1");
        layer("3", "2");
        snapshots().view("look", "3", Map.of());

        assertThat(snapshots().stat("3").parent()).isEqualTo("2");
        assertThat(snapshots().stat("2").parent()).isEqualTo("1");
        assertThat(snapshots().stat("1").parent()).isEmpty();
        assertThat(snapshots().stat("look").kind()).isEqualTo(Kind.VIEW);
        assertThat(snapshots().mounts("look")).isNotEmpty();
    }

    @Test
    default void only_a_committed_snapshot_can_be_a_parent() {
        snapshots().prepare("active", "", Map.of());
        layer("base", "");
        snapshots().view("view", "base", Map.of());

        for (var parent : List.of("active", "view")) {
            assertThatThrownBy(() -> snapshots().prepare("x", parent, Map.of())).isInstanceOf(InvalidArgument.class);
            assertThatThrownBy(() -> snapshots().view("x", parent, Map.of())).isInstanceOf(InvalidArgument.class);
        }
        assertThatThrownBy(() -> snapshots().prepare("x", "nobody", Map.of())).isInstanceOf(NotFound.class);
        assertThatThrownBy(() -> snapshots().view("x", "nobody", Map.of())).isInstanceOf(NotFound.class);
        assertThatThrownBy(() -> snapshots().prepare("", "base", Map.of())).isInstanceOf(InvalidArgument.class);
        assertThatThrownBy(() -> snapshots().stat("x")).isInstanceOf(NotFound.class);
    }

    @Test
    default void keys_and_names_are_one_name_space() {
        layer("base", "");
        snapshots().prepare("work", "base", Map.of());

        for (var taken : List.of("base", "work")) {
            assertThatThrownBy(() -> snapshots().prepare(taken, "", Map.of())).isInstanceOf(AlreadyExists.class);
            assertThatThrownBy(() -> snapshots().view(taken, "", Map.of())).isInstanceOf(AlreadyExists.class);
            assertThatThrownBy(() -> snapshots().commit(taken, "work", Map.of()))
                    .isInstanceOf(AlreadyExists.class);
        }
        assertThat(snapshots().stat("work").kind()).isEqualTo(Kind.ACTIVE);
    }

    @Test
    default void what_a_new_snapshot_is_to_become_may_be_there_already() {
        var snapshots = leased("work", Map.of()).snapshotter(SNAPSHOTTER);
        var target = Map.of("containerd.io/snapshot.ref", "base");
        snapshots.prepare("first", "", target);
        snapshots.prepare("second", "", target);
        snapshots.commit("base", "first", target);

        assertThatThrownBy(() -> snapshots.prepare("third", "", target)).isInstanceOf(AlreadyExists.class);
        assertThatThrownBy(() -> snapshots().stat("third")).isInstanceOf(NotFound.class);
        var later = leased("later", Map.of()).snapshotter(SNAPSHOTTER);
        assertThatThrownBy(() -> later.prepare("fourth", "", target)).isInstanceOf(AlreadyExists.class);
        assertThat(testing().leases().resources("later")).containsExactly(member("base"));
    }

    @Test
    default void only_an_active_snapshot_can_be_committed() {
        layer("base", "");
        snapshots().view("view", "base", Map.of());
        assertThatThrownBy(() -> snapshots().commit("x", "nobody", Map.of())).isInstanceOf(NotFound.class);
        assertThatThrownBy(() -> snapshots().commit("x", "base", Map.of())).isInstanceOf(FailedPrecondition.class);
        assertThatThrownBy(() -> snapshots().commit("x", "view", Map.of())).isInstanceOf(FailedPrecondition.class);
        assertThatThrownBy(() -> snapshots().commit("", "view", Map.of())).isInstanceOf(InvalidArgument.class);
    }

    @Test
    default void labels_change_by_mask() {
        snapshots().prepare("work", "", Map.of("a", "1", "b.c", "2"));
        var updated = snapshots().update("work", Map.of("b.c", "22"), FieldMask.of("labels.a", "labels.b.c"));

        assertThat(updated.labels()).isEqualTo(Map.of("b.c", "22"));
        assertThat(updated.updatedAt()).isAfter(updated.createdAt());
        assertThat(snapshots().stat("work")).isEqualTo(updated);
        assertThat(snapshots()
                        .update("work", Map.of("x", "1"), FieldMask.of("labels"))
                        .labels())
                .isEqualTo(Map.of("x", "1"));
        assertThat(snapshots().update("work", Map.of(), FieldMask.EMPTY).labels())
                .isEmpty();
        for (var path : List.of("kind", "parent", "name")) {
            assertThatThrownBy(() -> snapshots().update("work", Map.of(), FieldMask.of(path)))
                    .as(path)
                    .isInstanceOf(InvalidArgument.class);
        }
        assertThatThrownBy(() -> snapshots().update("nobody", Map.of(), FieldMask.EMPTY))
                .isInstanceOf(NotFound.class);
    }

    @Test
    default void a_parent_cannot_be_removed_and_a_leaf_can() {
        layer("1", "");
        layer("2", "1");
        snapshots().prepare("work", "2", Map.of());

        assertThatThrownBy(() -> snapshots().remove("1")).isInstanceOf(FailedPrecondition.class);
        assertThatThrownBy(() -> snapshots().remove("2")).isInstanceOf(FailedPrecondition.class);
        snapshots().remove("work");
        snapshots().remove("2");
        snapshots().remove("1");
        assertThatThrownBy(() -> snapshots().remove("1")).isInstanceOf(NotFound.class);
        assertThatThrownBy(() -> snapshots().mounts("work")).isInstanceOf(NotFound.class);
        assertThatThrownBy(() -> snapshots().usage("work")).isInstanceOf(NotFound.class);
    }

    @Test
    default void a_walk_visits_all_and_may_ask_about_each() {
        layer("base", "");
        snapshots().prepare("work", "base", Map.of("team", "red"));
        snapshots().view("look", "base", Map.of("team", "blue"));

        var visited = new ArrayList<SnapshotInfo>();
        snapshots().walk(List.of(), info -> {
            assertThat(snapshots().stat(info.name())).isEqualTo(info);
            visited.add(info);
        });
        assertThat(visited).extracting(SnapshotInfo::name).containsExactlyInAnyOrder("base", "look", "work");
        assertThat(walked("kind==committed")).containsExactly("base");
        assertThat(walked("kind==view")).containsExactly("look");
        assertThat(walked("kind==active")).containsExactly("work");
        assertThat(walked("parent==base,labels.team==red")).containsExactly("work");
        assertThat(walked("name==base", "labels.team==blue")).containsExactlyInAnyOrder("base", "look");
        assertThat(walked("parent!=\"\"")).containsExactlyInAnyOrder("look", "work");
    }

    private List<String> walked(String... filters) {
        var names = new ArrayList<String>();
        snapshots().walk(Filter.parse(List.of(filters)), info -> names.add(info.name()));
        return names;
    }

    @Test
    default void a_hundred_and_twenty_eight_layers_can_stand_on_each_other() {
        var parent = "";
        for (var i = 1; i <= 128; i++) {
            layer("layer " + i, parent);
            parent = "layer " + i;
        }
        assertThat(snapshots().prepare("top", parent, Map.of())).isNotEmpty();
        assertThat(snapshots().stat("top").parent()).isEqualTo("layer 128");
    }

    @Test
    default void a_lease_holds_what_is_made_and_what_is_found() {
        var first = leased("first", Map.of()).snapshotter(SNAPSHOTTER);
        first.prepare("work", "", Map.of());
        first.view("look", "", Map.of());
        assertThat(testing().leases().resources("first")).containsExactlyInAnyOrder(member("work"), member("look"));
        first.commit("layer", "work", Map.of());
        assertThat(testing().leases().resources("first")).containsExactlyInAnyOrder(member("layer"), member("look"));

        var second = leased("second", Map.of()).snapshotter(SNAPSHOTTER);
        assertThatThrownBy(() -> second.prepare("look", "", Map.of())).isInstanceOf(AlreadyExists.class);
        second.prepare("other", "", Map.of());
        assertThatThrownBy(() -> second.commit("layer", "other", Map.of())).isInstanceOf(AlreadyExists.class);
        assertThat(testing().leases().resources("second"))
                .containsExactlyInAnyOrder(member("look"), member("other"), member("layer"));
    }

    private static LeaseResource member(String id) {
        return new LeaseResource("snapshots/" + SNAPSHOTTER, id);
    }

    @Test
    default void names_are_free_text() {
        var name = "sha256:0123 extract-1 / ../ \" ' ü ; DROP TABLE";
        snapshots().prepare(name, "", Map.of());
        assertThat(snapshots().stat(name).name()).isEqualTo(name);
        assertThat(walked("name==" + quoted(name))).containsExactly(name);
    }

    private static String quoted(String text) {
        return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }

    @Test
    default void an_unknown_snapshotter_is_an_invalid_argument() {
        assertThatThrownBy(() -> testing().snapshotter("nobody"))
                .isInstanceOf(InvalidArgument.class)
                .hasMessageContaining("nobody");
        assertThatThrownBy(() -> testing().snapshotter("")).isInstanceOf(InvalidArgument.class);
    }
}
