package dev.coracle.core.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coracle.base.EngineException.AlreadyExists;
import dev.coracle.base.EngineException.FailedPrecondition;
import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.core.stores.Scope;
import dev.coracle.core.types.FieldMask;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What every [dev.coracle.core.namespaces.NamespaceStore] must do.
public interface NamespaceStoreContract extends StoresContract {
    @Test
    default void an_unknown_namespace_has_no_labels_and_that_is_no_failure() {
        assertThat(stores().namespaces().labels("nobody")).isEmpty();
        assertThat(stores().namespaces().list()).doesNotContain("nobody");
    }

    @Test
    default void a_namespace_is_made_once() {
        var namespaces = stores().namespaces();
        namespaces.create("beta", Map.of("a", "1"));
        namespaces.create("alpha", Map.of());

        assertThat(namespaces.list()).containsSubsequence("alpha", "beta");
        assertThat(namespaces.labels("beta")).isEqualTo(Map.of("a", "1"));
        assertThatThrownBy(() -> namespaces.create("beta", Map.of()))
                .isInstanceOf(AlreadyExists.class)
                .hasMessageContaining("\"beta\"");
    }

    @Test
    default void a_namespace_must_be_an_identifier() {
        for (var name : new String[] {"", "a b", "-a", "a..b", "ä", "a".repeat(77)}) {
            assertThatThrownBy(() -> stores().namespaces().create(name, Map.of()))
                    .as(name)
                    .isInstanceOf(InvalidArgument.class);
        }
    }

    @Test
    default void the_first_write_brings_a_namespace_into_being_and_a_look_does_not() {
        var view = stores().in(Scope.of("sprung"));
        view.images().list(java.util.List.of());
        assertThat(stores().namespaces().list()).doesNotContain("sprung");

        view.leases().create(Optional.of("first"), Map.of());
        assertThat(stores().namespaces().list()).contains("sprung");
    }

    @Test
    default void a_mask_changes_single_labels_and_no_mask_replaces_all() {
        var namespaces = stores().namespaces();
        namespaces.create("n", Map.of("a", "1", "b.c", "2", "d", "3"));

        namespaces.update("n", Map.of("b.c", "22", "d", ""), FieldMask.of("labels.b.c", "labels.d"));
        assertThat(namespaces.labels("n")).isEqualTo(Map.of("a", "1", "b.c", "22"));

        namespaces.update("n", Map.of("x", "1", "y", ""), FieldMask.EMPTY);
        assertThat(namespaces.labels("n")).isEqualTo(Map.of("x", "1"));
    }

    @Test
    default void labels_bring_a_namespace_into_being() {
        var namespaces = stores().namespaces();
        namespaces.update("fresh", Map.of("a", "1"), FieldMask.of("labels.a"));
        assertThat(namespaces.list()).contains("fresh");
        assertThat(namespaces.labels("fresh")).isEqualTo(Map.of("a", "1"));
    }

    @Test
    default void only_single_labels_can_be_named() {
        var namespaces = stores().namespaces();
        namespaces.create("n", Map.of("a", "1"));

        for (var path : new String[] {"labels", "name", "labels."}) {
            assertThatThrownBy(() -> namespaces.update("n", Map.of("a", "2"), FieldMask.of(path)))
                    .as(path)
                    .isInstanceOf(InvalidArgument.class);
        }
        assertThat(namespaces.labels("n")).isEqualTo(Map.of("a", "1"));
    }

    @Test
    default void a_namespace_goes_only_when_nothing_is_left_in_it() {
        var namespaces = stores().namespaces();
        var view = stores().in(Scope.of("full"));
        var digest = StoresContract.write(view.content(), "blob", Map.of("containerd.io/gc.root", "test"));
        view.images().create(Samples.image("image", digest), Optional.empty());
        view.containers().create(Samples.container("c1"));
        view.snapshotter(SNAPSHOTTER).prepare("active", "", Map.of());

        assertThatThrownBy(() -> namespaces.delete("full"))
                .isInstanceOf(FailedPrecondition.class)
                .hasMessageContaining("images")
                .hasMessageContaining("blobs")
                .hasMessageContaining("containers")
                .hasMessageContaining("snapshots on \"" + SNAPSHOTTER + "\"");

        view.images().delete("image", Optional.empty());
        view.containers().delete("c1");
        view.content().delete(digest);
        view.snapshotter(SNAPSHOTTER).remove("active");
        namespaces.delete("full");
        assertThat(namespaces.list()).doesNotContain("full");
        assertThatThrownBy(() -> namespaces.delete("full")).isInstanceOf(NotFound.class);
    }

    @Test
    default void labels_have_a_largest_size() {
        assertThatThrownBy(() -> stores().namespaces().create("n", Map.of("key", "v".repeat(4094))))
                .isInstanceOf(InvalidArgument.class);
        stores().namespaces().create("n", Map.of("key", "v".repeat(4093)));
    }

    @Test
    default void namespaces_do_not_see_each_other() {
        var one = stores().in(Scope.of("one"));
        var two = stores().in(Scope.of("two"));
        var digest = StoresContract.write(one.content(), "mine", Map.of("who", "one"));
        one.images().create(Samples.image("image", digest), Optional.empty());
        one.containers().create(Samples.container("c1"));
        one.snapshotter(SNAPSHOTTER).prepare("key", "", Map.of());

        assertThatThrownBy(() -> two.images().get("image")).isInstanceOf(NotFound.class);
        assertThatThrownBy(() -> two.containers().get("c1")).isInstanceOf(NotFound.class);
        assertThatThrownBy(() -> two.content().info(digest)).isInstanceOf(NotFound.class);
        assertThatThrownBy(() -> two.content().open(digest)).isInstanceOf(NotFound.class);
        assertThatThrownBy(() -> two.snapshotter(SNAPSHOTTER).stat("key")).isInstanceOf(NotFound.class);
        two.containers().create(Samples.container("c1"));
        two.snapshotter(SNAPSHOTTER).prepare("key", "", Map.of());
    }
}
