package dev.coracle.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.coracle.base.EngineException.NotFound;
import dev.coracle.core.leases.LeaseResource;
import dev.coracle.core.stores.NamespaceStores;
import dev.coracle.core.stores.Scope;
import dev.coracle.core.testkit.Samples;
import dev.coracle.core.testkit.StoresContract;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What time takes, and what the collector does by itself.
class ExpiryTest {
    private @Nullable Opened opened;

    @BeforeEach
    void open(@TempDir Path root) {
        opened = Opened.in(root);
    }

    @AfterEach
    void close() {
        opened().close();
    }

    private Opened opened() {
        return Objects.requireNonNull(opened);
    }

    private NamespaceStores view() {
        return opened().stores.in(Scope.of("testing"));
    }

    private static Map<String, String> expire(Duration in) {
        return Map.of("containerd.io/gc.expire", Instant.now().plus(in).toString());
    }

    @Test
    void an_ingest_that_no_lease_holds_ends_after_a_day() {
        try (var writer = view().content().writer("ref", 0, Optional.empty())) {
            writer.write(ByteBuffer.wrap(new byte[] {1}));
        }
        opened().pass(Duration.ofHours(23));
        opened().stores.collector().collect();
        assertThat(view().content().status("ref").offset()).isEqualTo(1);

        opened().pass(Duration.ofHours(2));
        opened().stores.collector().collect();
        assertThatThrownBy(() -> view().content().status("ref")).isInstanceOf(NotFound.class);
        assertThat(opened().blobs.ingests()).isEmpty();
    }

    @Test
    void a_lease_ends_when_its_label_says() {
        var lease = view().leases().create(Optional.empty(), expire(Duration.ofHours(1)));
        var leased = opened().stores.in(Scope.of("testing").leased(lease.id()));
        var digest = StoresContract.write(leased.content(), "x", Map.of());
        leased.snapshotter("native").prepare("key", "", Map.of());
        opened().stores.collector().collect();
        assertThat(opened().blobs.exists(digest)).isTrue();

        opened().pass(Duration.ofHours(2));
        opened().stores.collector().collect();
        assertThat(opened().blobs.exists(digest)).isFalse();
        assertThat(opened().trees.ids()).isEmpty();
        assertThat(view().leases().list(List.of())).isEmpty();
        assertThat(opened().collected).containsExactly("testing snapshot native key");
    }

    @Test
    void the_collector_comes_by_itself_when_something_ends() {
        view().leases().create(Optional.empty(), expire(Duration.ofMillis(50)));
        await().untilAsserted(() -> assertThat(view().leases().list(List.of())).isEmpty());
    }

    @Test
    void the_collector_comes_soon_after_a_deletion() {
        var digest = StoresContract.write(view().content(), "x", Map.of("containerd.io/gc.root", "1"));
        view().images().create(Samples.image("image", digest), Optional.empty());
        view().content().delete(digest);
        await().untilAsserted(() -> assertThat(opened().blobs.exists(digest)).isFalse());

        view().snapshotter("native").prepare("key", "", Map.of("containerd.io/gc.root", "1"));
        view().snapshotter("native").remove("key");
        await().untilAsserted(() -> assertThat(opened().trees.ids()).isEmpty());
    }

    @Test
    void an_expired_image_is_told_about() {
        var digest = StoresContract.write(view().content(), "x", Map.of());
        view().images().create(Samples.image("image", digest, expire(Duration.ofHours(1))), Optional.empty());
        opened().pass(Duration.ofHours(2));
        opened().stores.collector().collect();
        assertThat(opened().collected).containsExactly("testing image image");
        assertThat(opened().blobs.exists(digest)).isFalse();
    }

    @Test
    void a_time_can_be_as_far_away_as_it_likes() {
        for (var time : List.of("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z")) {
            view().leases().create(Optional.of(time), Map.of("containerd.io/gc.expire", time));
        }
        opened().stores.collector().collect();
        assertThat(view().leases().list(List.of()))
                .extracting(lease -> lease.id())
                .containsExactly("9999-12-31T23:59:59Z");
    }

    @Test
    void a_member_may_be_named_before_it_exists() {
        view().leases().create(Optional.of("l"), Map.of());
        view().leases().add("l", new LeaseResource("snapshots/native", "later"));
        view().snapshotter("native").prepare("later", "", Map.of());
        opened().stores.collector().collect();
        assertThat(view().snapshotter("native").stat("later").name()).isEqualTo("later");
    }
}
