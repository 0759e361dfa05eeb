package dev.coracle.core.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coracle.base.Digest;
import dev.coracle.base.EngineException.AlreadyExists;
import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.base.EngineException.NotImplemented;
import dev.coracle.base.Filter;
import dev.coracle.core.leases.Lease;
import dev.coracle.core.leases.LeaseResource;
import dev.coracle.core.stores.Scope;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What every [dev.coracle.core.leases.LeaseStore] must do.
public interface LeaseStoreContract extends StoresContract {
    @Test
    default void a_lease_has_an_id_a_time_and_labels() {
        var before = Instant.now();
        var lease = testing().leases().create(Optional.of("my lease"), Map.of("a", "1", "b", ""));

        assertThat(lease.id()).isEqualTo("my lease");
        assertThat(lease.createdAt()).isBetween(before, Instant.now());
        assertThat(lease.labels()).isEqualTo(Map.of("a", "1"));
        assertThat(testing().leases().list(List.of())).containsExactly(lease);
        assertThatThrownBy(() -> testing().leases().create(Optional.of("my lease"), Map.of()))
                .isInstanceOf(AlreadyExists.class);
    }

    @Test
    default void an_id_is_made_when_none_is_given() {
        var one = testing().leases().create(Optional.empty(), Map.of());
        var two = testing().leases().create(Optional.of(""), Map.of());
        assertThat(one.id()).isNotEmpty().isNotEqualTo(two.id());
        assertThat(two.id()).isNotEmpty();
    }

    @Test
    default void leases_are_listed_by_id_and_filtered() {
        testing().leases().create(Optional.of("b"), Map.of("for", "build"));
        testing().leases().create(Optional.of("a"), Map.of());
        assertThat(testing().leases().list(List.of())).extracting(Lease::id).containsExactly("a", "b");
        assertThat(testing().leases().list(List.of(Filter.parse("labels.for==build"))))
                .extracting(Lease::id)
                .containsExactly("b");
        assertThat(testing().leases().list(List.of(Filter.parse("id==a"))))
                .extracting(Lease::id)
                .containsExactly("a");
    }

    @Test
    default void members_come_and_go_and_need_not_exist() {
        var leases = testing().leases();
        leases.create(Optional.of("l"), Map.of());
        var content = new LeaseResource("content", Digest.ofBytes(new byte[0]).toString());
        var image = new LeaseResource("images", "x");
        var snapshot = new LeaseResource("snapshots/native", "key");
        var ingest = new LeaseResource("ingests", "ref");
        for (var member : List.of(snapshot, image, ingest, content, content)) {
            leases.add("l", member);
        }
        assertThat(leases.resources("l")).containsExactlyInAnyOrder(content, image, ingest, snapshot);

        leases.remove("l", image);
        leases.remove("l", image);
        assertThat(leases.resources("l")).containsExactlyInAnyOrder(content, ingest, snapshot);
    }

    @Test
    default void a_member_has_a_type_and_an_id_of_the_right_shape() {
        testing().leases().create(Optional.of("l"), Map.of());
        for (var wrong : List.of(
                new LeaseResource("content", "no digest"),
                new LeaseResource("content/x", "x"),
                new LeaseResource("snapshots", "x"),
                new LeaseResource("snapshots/", "x"),
                new LeaseResource("snapshots/a/b", "x"),
                new LeaseResource("images", ""))) {
            assertThatThrownBy(() -> testing().leases().add("l", wrong))
                    .as(wrong.toString())
                    .isInstanceOf(InvalidArgument.class);
        }
        assertThatThrownBy(() -> testing().leases().add("l", new LeaseResource("volumes", "x")))
                .isInstanceOf(NotImplemented.class);
        assertThat(testing().leases().resources("l")).isEmpty();
    }

    @Test
    default void an_unknown_lease_is_not_found() {
        var leases = testing().leases();
        assertThatThrownBy(() -> leases.delete("l")).isInstanceOf(NotFound.class);
        assertThatThrownBy(() -> leases.resources("l")).isInstanceOf(NotFound.class);
        assertThatThrownBy(() -> leases.add("l", new LeaseResource("images", "x")))
                .isInstanceOf(NotFound.class);
        assertThatThrownBy(() -> leases.remove("l", new LeaseResource("images", "x")))
                .isInstanceOf(NotFound.class);
    }

    @Test
    default void a_scope_with_an_unknown_lease_can_make_nothing() {
        var view = stores().in(Scope.of("testing").leased("nobody's"));
        var image = Samples.image("i", Digest.ofBytes(new byte[0]));
        assertThatThrownBy(() -> view.images().create(image, Optional.empty()))
                .isInstanceOf(NotFound.class)
                .hasMessageContaining("lease");
        assertThatThrownBy(() -> view.snapshotter(SNAPSHOTTER).prepare("k", "", Map.of()))
                .isInstanceOf(NotFound.class);
        assertThatThrownBy(() -> view.content().writer("ref", 0, Optional.empty()))
                .isInstanceOf(NotFound.class);
        assertThatThrownBy(() -> testing().images().get("i")).isInstanceOf(NotFound.class);
        assertThat(testing().content().statuses(List.of())).isEmpty();
    }

    @Test
    default void a_deleted_lease_forgets_its_members() {
        var leases = testing().leases();
        leases.create(Optional.of("l"), Map.of());
        leases.add("l", new LeaseResource("images", "x"));
        leases.delete("l");
        leases.create(Optional.of("l"), Map.of());
        assertThat(leases.resources("l")).isEmpty();
    }
}
