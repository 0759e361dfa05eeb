package dev.coracle.core.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coracle.base.Digest;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.core.leases.LeaseResource;
import dev.coracle.core.stores.NamespaceStores;
import dev.coracle.core.stores.Scope;
import dev.coracle.core.types.FieldMask;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What a collection keeps and what it takes: every kind of root, every kind of reference.
///
/// Everything is made under the lease "work", so that a collection of the store's own cannot take
/// it before the test has finished; [#collectWithoutLease] ends it.
public interface GarbageCollectionContract extends StoresContract {
    String CONTENT_REF = "containerd.io/gc.ref.content";
    String SNAPSHOT_REF = "containerd.io/gc.ref.snapshot." + SNAPSHOTTER;

    private NamespaceStores work() {
        if (testing().leases().list(List.of()).stream()
                .noneMatch(lease -> lease.id().equals("work"))) {
            testing().leases().create(Optional.of("work"), Map.of());
        }
        return stores().in(Scope.of("testing").leased("work"));
    }

    private void collectWithoutLease() {
        testing().leases().delete("work");
        collector().collect();
    }

    private Digest blob(String text, Map<String, String> labels) {
        return StoresContract.write(work().content(), text, labels);
    }

    private void layer(String name, String parent, Map<String, String> labels) {
        var snapshots = work().snapshotter(SNAPSHOTTER);
        snapshots.prepare("making " + name, parent, Map.of());
        snapshots.commit(name, "making " + name, labels);
    }

    private List<Digest> blobs() {
        var found = new ArrayList<Digest>();
        testing().content().walk(List.of(), info -> found.add(info.digest()));
        return found;
    }

    private List<String> snapshots() {
        var found = new ArrayList<String>();
        testing().snapshotter(SNAPSHOTTER).walk(List.of(), info -> found.add(info.name()));
        return found;
    }

    @Test
    default void what_nothing_keeps_goes() {
        var blob = blob("x", Map.of("some", "label"));
        layer("layer", "", Map.of());
        collector().collect();
        assertThat(blobs()).containsExactly(blob);
        assertThat(snapshots()).containsExactly("layer");

        collectWithoutLease();
        assertThat(blobs()).isEmpty();
        assertThat(snapshots()).isEmpty();
        assertThatThrownBy(() -> testing().content().open(blob)).isInstanceOf(NotFound.class);
    }

    @Test
    default void a_root_label_keeps() {
        var root = Map.of("containerd.io/gc.root", "2024-01-01T00:00:00Z");
        var blob = blob("x", root);
        layer("layer", "", root);
        collectWithoutLease();
        assertThat(blobs()).containsExactly(blob);
        assertThat(snapshots()).containsExactly("layer");
    }

    @Test
    default void an_image_keeps_its_target_and_what_that_names() {
        var layer = blob("layer", Map.of());
        layer("chain 1", "", Map.of());
        layer("chain 2", "chain 1", Map.of());
        var config = blob("config", Map.of(SNAPSHOT_REF, "chain 2"));
        var manifest = blob(
                "manifest", Map.of(CONTENT_REF + ".config", config.toString(), CONTENT_REF + ".l.0", layer.toString()));
        var index = blob("index", Map.of(CONTENT_REF + ".m.0", manifest.toString()));
        blob("garbage", Map.of(CONTENT_REF, index.toString()));
        work().images().create(Samples.image("image", index), Optional.empty());
        collectWithoutLease();
        assertThat(blobs()).containsExactlyInAnyOrder(layer, config, manifest, index);
        assertThat(snapshots()).containsExactlyInAnyOrder("chain 1", "chain 2");

        testing().images().delete("image", Optional.empty());
        collector().collect();
        assertThat(blobs()).isEmpty();
        assertThat(snapshots()).isEmpty();
    }

    @Test
    default void a_container_keeps_its_snapshot_and_what_its_labels_name() {
        var blob = blob("named by the container", Map.of());
        layer("parent", "", Map.of());
        layer("named", "", Map.of());
        work().snapshotter(SNAPSHOTTER).prepare("key", "parent", Map.of());
        work().containers()
                .create(Samples.container(
                        "c1",
                        SNAPSHOTTER,
                        "key",
                        Map.of(CONTENT_REF + "/x", blob.toString(), SNAPSHOT_REF + "/a", "named")));
        collectWithoutLease();
        assertThat(blobs()).containsExactly(blob);
        assertThat(snapshots()).containsExactlyInAnyOrder("key", "named", "parent");

        testing().containers().delete("c1");
        collector().collect();
        assertThat(blobs()).isEmpty();
        assertThat(snapshots()).isEmpty();
    }

    @Test
    default void suffixes_of_a_reference_come_after_a_dot_or_a_slash() {
        var a = blob("a", Map.of());
        var b = blob("b", Map.of());
        var c = blob("c", Map.of());
        blob("d", Map.of());
        layer("s1", "", Map.of());
        layer("s2", "", Map.of());
        layer("s3", "", Map.of());
        work().containers()
                .create(Samples.container(
                        "c1",
                        "",
                        "",
                        Map.of(
                                CONTENT_REF,
                                a.toString(),
                                CONTENT_REF + ".b.b",
                                b.toString(),
                                CONTENT_REF + "/c",
                                c.toString(),
                                CONTENT_REF + "-d",
                                Digest.ofBytes(new byte[] {'d'}).toString(),
                                SNAPSHOT_REF,
                                "s1",
                                SNAPSHOT_REF + "/suffix",
                                "s2",
                                SNAPSHOT_REF + ".suffix",
                                "s3")));
        collectWithoutLease();
        assertThat(blobs()).containsExactlyInAnyOrder(a, b, c);
        assertThat(snapshots()).containsExactlyInAnyOrder("s1", "s2");
    }

    @Test
    default void a_snapshots_labels_are_followed() {
        var blob = blob("x", Map.of());
        layer("other", "", Map.of());
        layer("root", "", Map.of("containerd.io/gc.root", "1", CONTENT_REF, blob.toString(), SNAPSHOT_REF, "other"));
        collectWithoutLease();
        assertThat(blobs()).containsExactly(blob);
        assertThat(snapshots()).containsExactlyInAnyOrder("other", "root");
    }

    @Test
    default void a_back_reference_lives_as_long_as_what_it_names() {
        var target = blob("target", Map.of());
        work().images().create(Samples.image("image", target), Optional.empty());
        work().containers().create(Samples.container("c1"));
        layer("kept", "", Map.of("containerd.io/gc.root", "1"));
        var byImage = blob("by image", Map.of("containerd.io/gc.bref.image", "image"));
        var byContent = blob("by content", Map.of("containerd.io/gc.bref.content.x", target.toString()));
        var bySnapshot = blob("by snapshot", Map.of("containerd.io/gc.bref.snapshot." + SNAPSHOTTER, "kept"));
        var byContainer = blob("by container", Map.of("containerd.io/gc.bref.container/x", "c1"));
        blob("by nobody", Map.of("containerd.io/gc.bref.image", "no such image"));
        layer("snapshot by image", "", Map.of("containerd.io/gc.bref.image", "image"));
        collectWithoutLease();
        assertThat(blobs()).containsExactlyInAnyOrder(target, byImage, byContent, bySnapshot, byContainer);
        assertThat(snapshots()).containsExactlyInAnyOrder("kept", "snapshot by image");

        testing().images().delete("image", Optional.empty());
        collector().collect();
        assertThat(blobs()).containsExactlyInAnyOrder(bySnapshot, byContainer);
    }

    @Test
    default void a_snapshot_can_be_kept_as_long_as_it_is_used() {
        var condition = "containerd.io/gc.cond.snapshot." + SNAPSHOTTER;
        var use = "containerd.io/gc.cond.value-usedat";
        var hourAgo = Instant.now().minus(Duration.ofHours(1)).truncatedTo(ChronoUnit.SECONDS);
        for (var name : List.of("recent", "stale", "either", "odd", "unnamed")) {
            layer(name, "", Map.of(use, hourAgo.toString()));
        }
        layer("unused", "", Map.of());
        layer("strange", "", Map.of(use, "yesterday"));
        var image = blob(
                "manifest",
                Map.ofEntries(
                        Map.entry("containerd.io/gc.root", "1"),
                        Map.entry(condition + "/a", "usedat<24h|recent"),
                        Map.entry(condition + "/b", "usedat<30m|stale"),
                        Map.entry(condition + "/c", "usedat<1m,usedat>30m|either"),
                        Map.entry(condition + "/d", "usedat<=24h|odd"),
                        Map.entry(condition + "/e", "usedat<24h|unused"),
                        Map.entry(condition + "/f", "usedat<24h|strange"),
                        Map.entry(condition + "/g", "phase<2,usedat<forever|odd")));
        collectWithoutLease();
        assertThat(snapshots()).containsExactlyInAnyOrder("recent", "either");

        testing().content().delete(image);
        collector().collect();
        assertThat(snapshots()).isEmpty();
    }

    @Test
    default void an_image_can_be_named_by_a_label() {
        var past = Instant.now().minus(Duration.ofHours(1)).truncatedTo(ChronoUnit.SECONDS);
        var target = blob("target", Map.of());
        work().images()
                .create(
                        Samples.image("expired", target, Map.of("containerd.io/gc.expire", past.toString())),
                        Optional.empty());
        blob("root", Map.of("containerd.io/gc.root", "1", "containerd.io/gc.ref.image.x", "expired"));
        collectWithoutLease();
        assertThat(testing().images().get("expired").target().digest()).isEqualTo(target);
        assertThat(blobs()).contains(target);
    }

    @Test
    default void an_image_past_its_time_goes() {
        var target = blob("target", Map.of());
        var past = Instant.now().minusSeconds(5).truncatedTo(ChronoUnit.SECONDS).toString();
        var future =
                Instant.now().plusSeconds(500).truncatedTo(ChronoUnit.SECONDS).toString();
        var label = "containerd.io/gc.expire";
        work().images().create(Samples.image("over", target, Map.of(label, past)), Optional.empty());
        work().images().create(Samples.image("valid", target, Map.of(label, future)), Optional.empty());
        work().images().create(Samples.image("odd", target, Map.of(label, "tomorrow")), Optional.empty());
        collectWithoutLease();
        assertThat(testing().images().list(List.of()))
                .extracting(image -> image.name())
                .containsExactly("odd", "valid");
    }

    @Test
    default void a_lease_past_its_time_keeps_nothing() {
        var past = Instant.now().minusSeconds(5).toString();
        var blob = blob("x", Map.of());
        testing().leases().create(Optional.of("over"), Map.of("containerd.io/gc.expire", past));
        try {
            testing().leases().add("over", new LeaseResource("content", blob.toString()));
        } catch (NotFound _) {
            // A collection of the store's own was faster.
        }
        collectWithoutLease();
        assertThat(blobs()).isEmpty();
        assertThat(testing().leases().list(List.of())).isEmpty();
    }

    @Test
    default void the_time_of_a_lease_may_have_a_zone() {
        var blob = blob("x", Map.of());
        testing().leases().create(Optional.of("valid"), Map.of("containerd.io/gc.expire", "2999-01-01T00:00:00+02:00"));
        testing().leases().add("valid", new LeaseResource("content", blob.toString()));
        collectWithoutLease();
        assertThat(blobs()).containsExactly(blob);
    }

    @Test
    default void a_lease_keeps_what_its_members_name() {
        var named = blob("named", Map.of());
        var member = blob("member", Map.of(CONTENT_REF, named.toString()));
        layer("parent", "", Map.of());
        layer("child", "parent", Map.of());
        testing().leases().create(Optional.of("deep"), Map.of());
        testing().leases().add("deep", new LeaseResource("content", member.toString()));
        testing().leases().add("deep", new LeaseResource("snapshots/" + SNAPSHOTTER, "child"));
        collectWithoutLease();
        assertThat(blobs()).containsExactlyInAnyOrder(named, member);
        assertThat(snapshots()).containsExactlyInAnyOrder("child", "parent");

        testing().leases().remove("deep", new LeaseResource("content", member.toString()));
        collector().collect();
        assertThat(blobs()).isEmpty();
    }

    @Test
    default void a_flat_lease_keeps_its_members_only() {
        var named = blob("named", Map.of());
        var member = blob("member", Map.of(CONTENT_REF, named.toString()));
        layer("parent", "", Map.of());
        layer("child", "parent", Map.of(CONTENT_REF, named.toString()));
        testing().leases().create(Optional.of("flat"), Map.of("containerd.io/gc.flat", "1"));
        testing().leases().add("flat", new LeaseResource("content", member.toString()));
        testing().leases().add("flat", new LeaseResource("snapshots/" + SNAPSHOTTER, "child"));
        collectWithoutLease();
        assertThat(blobs()).containsExactly(member);
        assertThat(snapshots()).containsExactlyInAnyOrder("child", "parent");
    }

    @Test
    default void what_a_flat_and_a_deep_lease_hold_is_followed() {
        var named = blob("named", Map.of());
        var member = blob("member", Map.of(CONTENT_REF, named.toString()));
        testing().leases().create(Optional.of("a"), Map.of("containerd.io/gc.flat", "1"));
        testing().leases().create(Optional.of("b"), Map.of());
        for (var lease : List.of("a", "b")) {
            testing().leases().add(lease, new LeaseResource("content", member.toString()));
        }
        collectWithoutLease();
        assertThat(blobs()).containsExactlyInAnyOrder(named, member);
    }

    @Test
    default void references_in_a_ring_are_no_roots() {
        var one = Digest.ofBytes(new byte[] {'1'});
        var two = blob("2", Map.of(CONTENT_REF, one.toString()));
        assertThat(blob("1", Map.of(CONTENT_REF, two.toString()))).isEqualTo(one);
        collectWithoutLease();
        assertThat(blobs()).isEmpty();
    }

    @Test
    default void an_ingest_that_no_lease_holds_stays_for_a_day() {
        try (var writer = testing().content().writer("unleased", 0, Optional.empty())) {
            writer.write(ByteBuffer.wrap(new byte[] {1}));
        }
        collector().collect();
        assertThat(testing().content().status("unleased").offset()).isEqualTo(1);
    }

    @Test
    default void an_ingest_goes_with_its_lease_unless_it_is_being_written() {
        var content = work().content();
        try (var writer = content.writer("resting", 0, Optional.empty())) {
            writer.write(ByteBuffer.wrap(new byte[] {1}));
        }
        try (var writer = content.writer("open", 0, Optional.empty())) {
            writer.write(ByteBuffer.wrap(new byte[] {1}));
            collectWithoutLease();
            assertThat(testing().content().statuses(List.of()))
                    .extracting(status -> status.ref())
                    .containsExactly("open");
        }
        collector().collect();
        assertThat(testing().content().statuses(List.of())).isEmpty();
    }

    @Test
    default void namespaces_keep_for_themselves_only() {
        var other = stores().in(Scope.of("other"));
        var blob = blob("x", Map.of());
        StoresContract.write(other.content(), "x", Map.of("containerd.io/gc.root", "1"));
        other.containers().create(Samples.container("c1", "", "", Map.of(CONTENT_REF, blob.toString())));
        collectWithoutLease();
        assertThat(blobs()).isEmpty();
        assertThat(other.content().info(blob).size()).isEqualTo(1);
        assertThat(readable(other, blob)).isTrue();
    }

    private static boolean readable(NamespaceStores view, Digest blob) {
        try (var reader = view.content().open(blob)) {
            return reader.read(ByteBuffer.allocate(1), 0) == 1;
        } catch (java.io.IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    default void a_label_that_goes_takes_what_it_kept() {
        var kept = blob("kept", Map.of());
        var root = blob("root", Map.of("containerd.io/gc.root", "1", CONTENT_REF, kept.toString()));
        collectWithoutLease();
        assertThat(blobs()).contains(kept);

        testing().content().update(root, Map.of(), FieldMask.of("labels." + CONTENT_REF));
        collector().collect();
        assertThat(blobs()).containsExactly(root);
    }

    @Test
    default void a_report_says_what_went() {
        blob("x", Map.of());
        layer("layer", "", Map.of());
        collector().collect();
        testing().leases().delete("work");
        // The store's own collection may come first; together they take all.
        collector().collect();
        assertThat(blobs()).isEmpty();
        var report = collector().collect();
        assertThat(report.metadata()).isZero();
        assertThat(report.blobs()).isZero();
        assertThat(report.snapshots()).isZero();
    }
}
