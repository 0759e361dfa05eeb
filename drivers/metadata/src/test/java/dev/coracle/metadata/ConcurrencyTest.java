package dev.coracle.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coracle.base.Digest;
import dev.coracle.base.EngineException.AlreadyExists;
import dev.coracle.base.EngineException.FailedPrecondition;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.base.TaskGroup;
import dev.coracle.core.stores.NamespaceStores;
import dev.coracle.core.stores.Scope;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Writers, deleters and collections at once, on few names so that they meet.
@Timeout(120)
class ConcurrencyTest {
    private static final int TURNS = 60;
    private static final int TEXTS = 5;

    @Test
    void what_a_lease_holds_stays_and_nothing_leaks(@TempDir Path root) throws Exception {
        var seed = System.nanoTime();
        try (var opened = Opened.in(root)) {
            try (var group = new TaskGroup()) {
                for (var i = 0; i < 3; i++) {
                    var random = new Random(seed + i);
                    var name = "holder " + i;
                    group.fork(() -> turns(random, r -> hold(opened, name, r)));
                    group.fork(() -> turns(random, r -> comeAndGo(opened, name, r)));
                }
                group.fork(
                        () -> turns(new Random(), _ -> opened.stores.collector().collect()));
                group.join();
            }
            opened.stores.collector().collect();
            assertThat(opened.stores.audit()).as("seed " + seed).isEmpty();
            assertThat(opened.trees.ids()).isEmpty();
            assertThat(opened.blobs.ingests()).isEmpty();
        }
    }

    private interface Turn {
        void take(Random random) throws IOException;
    }

    private static boolean turns(Random random, Turn turn) throws IOException {
        for (var i = 0; i < TURNS; i++) {
            turn.take(random);
        }
        return true;
    }

    /// Whatever is written or found under a lease can be read as long as the lease is there.
    private static void hold(Opened opened, String name, Random random) throws IOException {
        var plain = opened.stores.in(Scope.of("held"));
        var lease = plain.leases().create(Optional.empty(), Map.of()).id();
        var view = opened.stores.in(Scope.of("held").leased(lease));
        var text = "text " + random.nextInt(TEXTS);
        var digest = writeOrFind(view, name, text);
        try (var reader = view.content().open(digest)) {
            var buffer = ByteBuffer.allocate((int) reader.size());
            reader.read(buffer, 0);
            assertThat(new String(buffer.array(), StandardCharsets.UTF_8)).isEqualTo(text);
        }
        var chain = "chain " + random.nextInt(TEXTS);
        makeOrFind(view, name, chain);
        assertThat(view.snapshotter("native").stat(chain).name()).isEqualTo(chain);
        view.snapshotter("native").prepare("on " + lease, chain, Map.of());
        plain.leases().delete(lease);
    }

    private static Digest writeOrFind(NamespaceStores view, String ref, String text) {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        var digest = Digest.ofBytes(bytes);
        try (var writer = view.content().writer(ref, bytes.length, Optional.of(digest))) {
            writer.truncate(0);
            writer.write(ByteBuffer.wrap(bytes));
            writer.commit(bytes.length, Optional.of(digest), Map.of());
        } catch (AlreadyExists _) {
            // Then it is held by the lease all the same.
        }
        return digest;
    }

    private static void makeOrFind(NamespaceStores view, String who, String chain) {
        var key = "making " + chain + " by " + who;
        try {
            view.snapshotter("native").prepare(key, "", Map.of());
            view.snapshotter("native").commit(chain, key, Map.of());
        } catch (AlreadyExists _) {
            // Somebody else was first; what was prepared goes with the lease.
        }
    }

    /// Another namespace has the same blobs now and then, and removes them.
    private static void comeAndGo(Opened opened, String name, Random random) {
        var view = opened.stores.in(Scope.of("fleeting"));
        var bytes = ("text " + random.nextInt(TEXTS)).getBytes(StandardCharsets.UTF_8);
        var digest = Digest.ofBytes(bytes);
        try (var writer = view.content().writer(name, 0, Optional.of(digest))) {
            if (writer.status().offset() == 0) {
                writer.write(ByteBuffer.wrap(bytes));
            }
            writer.commit(0, Optional.of(digest), Map.of());
        } catch (AlreadyExists _) {
            // Good as well.
        }
        try {
            view.content().delete(digest);
        } catch (NotFound _) {
            // Another has removed it, or a collection.
        }
        try {
            view.snapshotter("native").prepare("key", "", Map.of());
            view.snapshotter("native").remove("key");
        } catch (AlreadyExists | NotFound | FailedPrecondition _) {
            // The same key is used by all.
        }
    }
}
