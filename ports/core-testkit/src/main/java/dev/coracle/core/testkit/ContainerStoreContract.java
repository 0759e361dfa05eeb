package dev.coracle.core.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coracle.base.EngineException.AlreadyExists;
import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.base.Filter;
import dev.coracle.core.containers.Container;
import dev.coracle.core.containers.Container.RuntimeRef;
import dev.coracle.core.types.FieldMask;
import dev.coracle.core.types.TypedBytes;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What every [dev.coracle.core.containers.ContainerStore] must do.
public interface ContainerStoreContract extends StoresContract {
    /// A record with every field filled; times are the store's business.
    private static Container full(String id) {
        return new Container(
                id,
                Map.of("a", "1", "b.c", "2"),
                "image",
                new RuntimeRef(
                        "io.containerd.runc.v2", new TypedBytes("containerd.runc.v1.Options", new byte[] {0, -1})),
                Samples.spec("{\"ociVersion\":\"1.0\"}"),
                "native",
                "key",
                Instant.EPOCH,
                Instant.EPOCH,
                Map.of("x.y", new TypedBytes("some.Type", new byte[] {1, 2, 3})),
                "sandbox");
    }

    @Test
    default void a_container_is_read_as_it_was_stored() {
        var before = Instant.now();
        var created = testing().containers().create(full("c1"));
        var stored = testing().containers().get("c1");

        assertThat(stored).isEqualTo(created);
        assertThat(stored)
                .usingRecursiveComparison()
                .ignoringFields("createdAt", "updatedAt")
                .isEqualTo(full("c1"));
        assertThat(stored.createdAt()).isBetween(before, Instant.now()).isEqualTo(stored.updatedAt());
    }

    @Test
    default void what_is_opaque_comes_back_byte_by_byte() {
        var bytes = new byte[70_000];
        new java.util.Random(7).nextBytes(bytes);
        testing().containers().create(with(Samples.container("c1"), new TypedBytes(TypedBytes.RUNTIME_SPEC, bytes)));
        assertThat(testing().containers().get("c1").spec().value()).isEqualTo(bytes);
    }

    private static Container with(Container container, TypedBytes spec) {
        return new Container(
                container.id(),
                container.labels(),
                container.image(),
                container.runtime(),
                spec,
                container.snapshotter(),
                container.snapshotKey(),
                container.createdAt(),
                container.updatedAt(),
                container.extensions(),
                container.sandbox());
    }

    @Test
    default void an_id_is_taken_once_and_free_after_the_deletion() {
        testing().containers().create(Samples.container("c1"));
        assertThatThrownBy(() -> testing().containers().create(Samples.container("c1")))
                .isInstanceOf(AlreadyExists.class)
                .hasMessageContaining("\"c1\"");
        testing().containers().delete("c1");
        testing().containers().create(Samples.container("c1"));
    }

    @Test
    default void a_container_needs_a_good_id_a_runtime_and_a_specification() {
        var good = Samples.container("c1");
        for (var container : List.of(
                Samples.container(""),
                Samples.container("a b"),
                Samples.container("../c"),
                Samples.container("c".repeat(77)),
                with(good, TypedBytes.NONE),
                Samples.container("c1", "", "key without snapshotter", Map.of()),
                new Container(
                        "c1",
                        Map.of(),
                        "",
                        new RuntimeRef("", TypedBytes.NONE),
                        good.spec(),
                        "",
                        "",
                        Instant.EPOCH,
                        Instant.EPOCH,
                        Map.of(),
                        ""))) {
            assertThatThrownBy(() -> testing().containers().create(container))
                    .as(container.toString())
                    .isInstanceOf(InvalidArgument.class);
        }
        assertThat(testing().containers().list(List.of())).isEmpty();
    }

    @Test
    default void a_mask_names_what_changes() {
        var containers = testing().containers();
        var created = containers.create(full("c1"));
        var given = new Container(
                "c1",
                Map.of("a", "9", "new", "n"),
                "image 2",
                new RuntimeRef("ignored", TypedBytes.NONE),
                Samples.spec("{}"),
                "ignored",
                "key 2",
                Instant.EPOCH,
                Instant.EPOCH,
                Map.of("new.ext", new TypedBytes("t", new byte[] {9})),
                "");

        assertThat(containers
                        .update(given, FieldMask.of("labels.a", "labels.b.c"))
                        .labels())
                .isEqualTo(Map.of("a", "9"));
        assertThat(containers.update(given, FieldMask.of("labels")).labels()).isEqualTo(given.labels());
        assertThat(containers.update(given, FieldMask.of("image")).image()).isEqualTo("image 2");
        assertThat(containers.update(given, FieldMask.of("spec")).spec()).isEqualTo(given.spec());
        assertThat(containers.update(given, FieldMask.of("snapshotkey")).snapshotKey())
                .isEqualTo("key 2");
        assertThat(containers.update(given, FieldMask.of("extensions.new.ext")).extensions())
                .containsOnlyKeys("x.y", "new.ext");
        var last = containers.update(given, FieldMask.of("extensions"));
        assertThat(last.extensions()).isEqualTo(given.extensions());
        assertThat(last.runtime()).isEqualTo(created.runtime());
        assertThat(last.snapshotter()).isEqualTo("native");
        assertThat(last.createdAt()).isEqualTo(created.createdAt());
        assertThat(last.updatedAt()).isAfter(created.updatedAt());
        assertThat(containers.get("c1")).isEqualTo(last);
    }

    @Test
    default void what_cannot_change_is_refused() {
        var containers = testing().containers();
        containers.create(full("c1"));
        for (var path : List.of("snapshotter", "runtime", "runtime.name", "id", "created_at", "snapshot_key")) {
            assertThatThrownBy(() -> containers.update(full("c1"), FieldMask.of(path)))
                    .as(path)
                    .isInstanceOf(InvalidArgument.class);
        }
        assertThatThrownBy(() -> containers.update(Samples.container("c1", "other", "k", Map.of()), FieldMask.EMPTY))
                .isInstanceOf(InvalidArgument.class)
                .hasMessageContaining("snapshotter");
        assertThatThrownBy(() -> containers.update(full("nobody"), FieldMask.EMPTY))
                .isInstanceOf(NotFound.class);
    }

    @Test
    default void no_mask_replaces_the_five_fields() {
        var containers = testing().containers();
        containers.create(full("c1"));
        var given = Samples.container("c1", "native", "other key", Map.of("only", "this"));
        var updated = containers.update(given, FieldMask.EMPTY);

        assertThat(updated.labels()).isEqualTo(Map.of("only", "this"));
        assertThat(updated.snapshotKey()).isEqualTo("other key");
        assertThat(updated.extensions()).isEmpty();
        assertThat(updated.spec()).isEqualTo(given.spec());
        assertThat(updated.image()).isEqualTo(given.image());
        assertThat(updated.sandbox()).isEqualTo("sandbox");
    }

    @Test
    default void an_update_is_validated_as_a_whole() {
        var containers = testing().containers();
        containers.create(full("c1"));
        var given = with(full("c1"), TypedBytes.NONE);
        assertThatThrownBy(() -> containers.update(given, FieldMask.of("spec"))).isInstanceOf(InvalidArgument.class);
        assertThat(containers.get("c1").spec()).isEqualTo(full("c1").spec());
    }

    @Test
    default void containers_are_listed_by_id_and_filtered() {
        var containers = testing().containers();
        containers.create(Samples.container("b", "", "", Map.of("role", "db")));
        containers.create(Samples.container("a", "", "", Map.of("role", "web")));

        assertThat(containers.list(List.of())).extracting(Container::id).containsExactly("a", "b");
        assertThat(listed("labels.role==web")).containsExactly("a");
        assertThat(listed("id~=^b$")).containsExactly("b");
        assertThat(listed("runtime.name==io.containerd.runc.v2,labels.role!=web"))
                .containsExactly("b");
        assertThat(listed("image~=busybox")).containsExactly("a", "b");
        assertThat(listed("nonsense")).isEmpty();
        assertThat(listed("nonsense!=x")).containsExactly("a", "b");
    }

    private List<String> listed(String filter) {
        return testing().containers().list(List.of(Filter.parse(filter))).stream()
                .map(Container::id)
                .toList();
    }

    @Test
    default void what_is_not_there_is_named_with_its_namespace() {
        assertThatThrownBy(() -> testing().containers().get("nobody"))
                .isInstanceOf(NotFound.class)
                .hasMessageContaining("container \"nobody\" in namespace \"testing\"");
        assertThatThrownBy(() -> testing().containers().delete("nobody")).isInstanceOf(NotFound.class);
    }
}
