package dev.coracle.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coracle.base.Digest;
import dev.coracle.base.EngineException.AlreadyExists;
import dev.coracle.base.EngineException.FailedPrecondition;
import dev.coracle.base.TaskGroup;
import dev.coracle.core.content.BlobFiles;
import dev.coracle.core.snapshots.SnapshotTrees;
import dev.coracle.core.stores.Scope;
import dev.coracle.core.testkit.StoresContract;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Two things at once, each stopped at the worst moment.
@Timeout(60)
class InterleavingTest {
    private static final Map<String, String> ROOT = Map.of("containerd.io/gc.root", "1");
    private static final Scope TESTING = Scope.of("testing");

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path root;

    /// The same port with a gate before (or after) one method.
    private static <P> P gated(Class<P> port, P target, String method, boolean after, Gate gate) {
        return port.cast(Proxy.newProxyInstance(
                port.getClassLoader(), new Class<?>[] {port}, (_, called, arguments) -> {
                    var stops = called.getName().equals(method);
                    if (stops && !after) {
                        gate.pass();
                    }
                    try {
                        var result = called.invoke(target, arguments);
                        if (stops && after) {
                            gate.pass();
                        }
                        return result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }

    private Opened withBlobs(String method, boolean after, Gate gate) {
        return new Opened(root, false, blobs -> gated(BlobFiles.class, blobs, method, after, gate), trees -> trees);
    }

    private Opened withTrees(String method, boolean after, Gate gate) {
        return new Opened(root, false, blobs -> blobs, trees -> gated(SnapshotTrees.class, trees, method, after, gate));
    }

    @Test
    void a_blob_written_again_while_its_file_is_being_removed_is_there_afterwards() throws Exception {
        var gate = new Gate();
        try (var opened = withBlobs("remove", false, gate);
                var group = new TaskGroup()) {
            var content = opened.stores.in(TESTING).content();
            var digest = StoresContract.write(content, "text", ROOT);
            gate.arm();
            content.delete(digest);
            group.fork(() -> opened.stores.collector().collect());
            gate.awaitReached();
            Future<Digest> again = group.fork(() -> StoresContract.write(content, "text", ROOT));
            gate.open();
            group.join();
            assertThat(again.resultNow()).isEqualTo(digest);
            assertThat(opened.blobs.exists(digest)).isTrue();
            opened.stores.collector().collect();
            assertThat(opened.stores.audit()).isEmpty();
        }
    }

    @Test
    void a_blob_whose_file_has_its_name_but_no_record_yet_is_not_collected() throws Exception {
        var gate = new Gate();
        try (var opened = withBlobs("commit", true, gate);
                var group = new TaskGroup()) {
            var content = opened.stores.in(TESTING).content();
            var digest = StoresContract.write(content, "text", ROOT);
            content.delete(digest);
            gate.arm();
            group.fork(() -> StoresContract.write(content, "text", ROOT));
            gate.awaitReached();
            var collection = group.fork(() -> opened.stores.collector().collect());
            assertThat(opened.blobs.exists(digest)).isTrue();
            gate.open();
            group.join();
            assertThat(collection.resultNow().blobs()).isNotNegative();
            assertThat(content.info(digest).size()).isEqualTo(4);
            assertThat(opened.blobs.exists(digest)).isTrue();
            assertThat(opened.stores.audit()).isEmpty();
        }
    }

    @Test
    void a_parent_stays_while_a_child_is_being_made() throws Exception {
        var gate = new Gate();
        try (var opened = withTrees("create", false, gate);
                var group = new TaskGroup()) {
            var lease = opened.stores.in(TESTING).leases().create(java.util.Optional.of("l"), Map.of());
            var leased = opened.stores.in(TESTING.leased(lease.id())).snapshotter("native");
            leased.prepare("key", "", Map.of());
            leased.commit("parent", "key", Map.of());
            var snapshots = opened.stores.in(TESTING).snapshotter("native");
            gate.arm();
            group.fork(() -> snapshots.prepare("child", "parent", ROOT));
            gate.awaitReached();
            opened.stores.in(TESTING).leases().delete("l");
            opened.stores.collector().collect();
            assertThatThrownBy(() -> snapshots.remove("parent")).isInstanceOf(FailedPrecondition.class);
            gate.open();
            group.join();
            assertThat(snapshots.stat("child").parent()).isEqualTo("parent");
            opened.stores.collector().collect();
            assertThat(opened.stores.audit()).isEmpty();
        }
    }

    @Test
    void of_two_that_make_the_same_key_one_wins_and_the_other_leaves_nothing() throws Exception {
        var gate = new Gate();
        try (var opened = withTrees("create", true, gate);
                var group = new TaskGroup()) {
            var snapshots = opened.stores.in(TESTING).snapshotter("native");
            gate.arm();
            var slow = group.fork(() -> {
                try {
                    snapshots.prepare("key", "", ROOT);
                    return "made";
                } catch (AlreadyExists _) {
                    return "taken";
                }
            });
            gate.awaitReached();
            snapshots.prepare("key", "", ROOT);
            gate.open();
            group.join();
            assertThat(slow.resultNow()).isEqualTo("taken");
            opened.stores.collector().collect();
            assertThat(opened.stores.audit()).isEmpty();
            assertThat(opened.trees.ids()).hasSize(1);
        }
    }

    @Test
    void a_snapshot_that_is_being_committed_is_not_removed_under_it() throws Exception {
        var gate = new Gate();
        try (var opened = withTrees("usage", false, gate);
                var group = new TaskGroup()) {
            var snapshots = opened.stores.in(TESTING).snapshotter("native");
            snapshots.prepare("key", "", ROOT);
            gate.arm();
            group.fork(() -> {
                snapshots.commit("name", "key", ROOT);
                return true;
            });
            gate.awaitReached();
            assertThatThrownBy(() -> snapshots.remove("key")).isInstanceOf(FailedPrecondition.class);
            opened.stores.collector().collect();
            gate.open();
            group.join();
            assertThat(snapshots.stat("name").name()).isEqualTo("name");
        }
    }

    @Test
    void a_collection_sees_what_was_done_before_it_was_asked_for() throws Exception {
        var gate = new Gate();
        try (var opened = withBlobs("remove", false, gate);
                var group = new TaskGroup()) {
            var content = opened.stores.in(TESTING).content();
            var first = StoresContract.write(content, "first", ROOT);
            var second = StoresContract.write(content, "second", ROOT);
            gate.arm();
            content.delete(first);
            group.fork(() -> opened.stores.collector().collect());
            gate.awaitReached();
            content.delete(second);
            var asked = group.fork(() -> {
                opened.stores.collector().collect();
                return Set.copyOf(opened.blobs.blobs());
            });
            gate.open();
            group.join();
            assertThat(asked.resultNow()).isEmpty();
        }
    }
}
