package dev.coracle.core.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coracle.base.Digest;
import dev.coracle.base.EngineException.AlreadyExists;
import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.base.Filter;
import dev.coracle.core.images.Image;
import dev.coracle.core.leases.LeaseResource;
import dev.coracle.core.types.Descriptor;
import dev.coracle.core.types.FieldMask;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What every [dev.coracle.core.images.ImageStore] must do.
public interface ImageStoreContract extends StoresContract {
    Digest ONE = Digest.ofBytes(new byte[] {1});
    Digest TWO = Digest.ofBytes(new byte[] {2});

    @Test
    default void an_image_is_read_as_it_was_stored() {
        var before = Instant.now();
        var target = new Descriptor("a/b", ONE, 17, Map.of("k.x/y", "v"));
        var given = new Image("any name: at all", target, Map.of("l", "1", "gone", ""), Instant.EPOCH, Instant.EPOCH);
        var created = testing().images().create(given, Optional.empty());

        var stored = testing().images().get("any name: at all");
        assertThat(stored).isEqualTo(created);
        assertThat(stored.target()).isEqualTo(target);
        assertThat(stored.labels()).isEqualTo(Map.of("l", "1"));
        assertThat(stored.createdAt()).isBetween(before, Instant.now()).isEqualTo(stored.updatedAt());
    }

    @Test
    default void a_creation_time_can_be_given_to_the_nanosecond() {
        var time = Instant.parse("2001-02-03T04:05:06.123456789Z");
        testing().images().create(Samples.image("old", ONE), Optional.of(time));
        assertThat(testing().images().get("old").createdAt()).isEqualTo(time);

        var later = time.plusNanos(1);
        testing().images().update(Samples.image("old", ONE), FieldMask.of("target"), Optional.of(later));
        assertThat(testing().images().get("old").updatedAt()).isEqualTo(later);
        assertThat(testing().images().get("old").createdAt()).isEqualTo(time);
    }

    @Test
    default void a_name_is_taken_once() {
        testing().images().create(Samples.image("name", ONE), Optional.empty());
        assertThatThrownBy(() -> testing().images().create(Samples.image("name", TWO), Optional.empty()))
                .isInstanceOf(AlreadyExists.class)
                .hasMessageContaining("\"name\"");
        assertThat(testing().images().get("name").target().digest()).isEqualTo(ONE);
    }

    @Test
    default void an_image_needs_a_name_a_media_type_and_a_size() {
        for (var image : List.of(
                Samples.image("", ONE),
                new Image("x", new Descriptor("", ONE, 1), Map.of(), Instant.EPOCH, Instant.EPOCH),
                new Image("x", new Descriptor("a/b", ONE, 0), Map.of(), Instant.EPOCH, Instant.EPOCH))) {
            assertThatThrownBy(() -> testing().images().create(image, Optional.empty()))
                    .isInstanceOf(InvalidArgument.class);
        }
        testing().images().create(Samples.image("x", ONE), Optional.empty());
        var broken = new Image("x", new Descriptor("", ONE, 1), Map.of(), Instant.EPOCH, Instant.EPOCH);
        assertThatThrownBy(() -> testing().images().update(broken, FieldMask.of("target"), Optional.empty()))
                .isInstanceOf(InvalidArgument.class);
    }

    @Test
    default void a_mask_names_what_changes() {
        var images = testing().images();
        images.create(
                new Image(
                        "i",
                        new Descriptor("a/b", ONE, 1, Map.of("n1", "x", "n2", "y")),
                        Map.of("l1", "1", "l2", "2"),
                        Instant.EPOCH,
                        Instant.EPOCH),
                Optional.empty());
        var given = new Image(
                "i",
                new Descriptor("c/d", TWO, 2, Map.of("n1", "xx")),
                Map.of("l1", "11", "l3", "3"),
                Instant.EPOCH,
                Instant.EPOCH);

        assertThat(images.update(given, FieldMask.of("labels.l1", "labels.l2"), Optional.empty()))
                .extracting(Image::labels)
                .isEqualTo(Map.of("l1", "11"));
        assertThat(images.update(given, FieldMask.of("annotations.n1"), Optional.empty())
                        .target())
                .isEqualTo(new Descriptor("a/b", ONE, 1, Map.of("n1", "xx", "n2", "y")));
        assertThat(images.update(given, FieldMask.of("labels"), Optional.empty())
                        .labels())
                .isEqualTo(Map.of("l1", "11", "l3", "3"));
        assertThat(images.update(given, FieldMask.of("target"), Optional.empty())
                        .target())
                .isEqualTo(given.target());
        assertThatThrownBy(() -> images.update(given, FieldMask.of("name"), Optional.empty()))
                .isInstanceOf(InvalidArgument.class);
        assertThat(images.get("i").target()).isEqualTo(given.target());
    }

    @Test
    default void no_mask_replaces_the_record_but_for_its_creation_time() {
        var created = testing().images().create(Samples.image("i", ONE, Map.of("a", "1")), Optional.empty());
        var updated =
                testing().images().update(Samples.image("i", TWO, Map.of("b", "2")), FieldMask.EMPTY, Optional.empty());

        assertThat(updated.createdAt()).isEqualTo(created.createdAt());
        assertThat(updated.updatedAt()).isAfterOrEqualTo(created.updatedAt());
        assertThat(updated.labels()).isEqualTo(Map.of("b", "2"));
        assertThat(updated.target().digest()).isEqualTo(TWO);
        assertThatThrownBy(() ->
                        testing().images().update(Samples.image("nobody", ONE), FieldMask.EMPTY, Optional.empty()))
                .isInstanceOf(NotFound.class);
    }

    @Test
    default void deleting_can_insist_on_the_target() {
        testing().images().create(Samples.image("i", ONE), Optional.empty());
        assertThatThrownBy(() -> testing().images().delete("i", Optional.of(TWO)))
                .isInstanceOf(NotFound.class);
        testing().images().delete("i", Optional.of(ONE));
        assertThatThrownBy(() -> testing().images().get("i")).isInstanceOf(NotFound.class);
        assertThatThrownBy(() -> testing().images().delete("i", Optional.empty()))
                .isInstanceOf(NotFound.class);
    }

    @Test
    default void images_are_listed_by_name_and_filtered() {
        var images = testing().images();
        images.create(Samples.image("b", ONE, Map.of("env.x", "prod")), Optional.empty());
        images.create(Samples.image("a", TWO, Map.of("env.x", "test")), Optional.empty());

        assertThat(images.list(List.of())).extracting(Image::name).containsExactly("a", "b");
        assertThat(named("name==b")).containsExactly("b");
        assertThat(named("target.digest==" + TWO)).containsExactly("a");
        assertThat(named("target.mediatype~=/manifest/")).containsExactly("a", "b");
        assertThat(named("labels.\"env.x\"==prod")).containsExactly("b");
        assertThat(named("name==a", "name==b")).containsExactly("a", "b");
        assertThat(named("name==a, labels.env.x==prod")).isEmpty();
        assertThat(named("annotations.x")).isEmpty();
    }

    private List<String> named(String... filters) {
        return testing().images().list(Filter.parse(List.of(filters))).stream()
                .map(Image::name)
                .toList();
    }

    @Test
    default void a_lease_holds_the_image_that_would_expire_made_or_found() {
        var expiring = Map.of("containerd.io/gc.expire", "2100-01-01T00:00:00Z");
        var first = leased("first", Map.of());
        first.images().create(Samples.image("i", ONE, expiring), Optional.empty());
        first.images().create(Samples.image("lasting", ONE), Optional.empty());
        assertThat(testing().leases().resources("first")).containsExactly(new LeaseResource("images", "i"));

        var second = leased("second", Map.of());
        assertThatThrownBy(() -> second.images().create(Samples.image("i", ONE, expiring), Optional.empty()))
                .isInstanceOf(AlreadyExists.class);
        assertThat(testing().leases().resources("second")).containsExactly(new LeaseResource("images", "i"));
    }
}
