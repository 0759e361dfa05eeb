package dev.coracle.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coracle.base.EngineException.AlreadyExists;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.core.gc.GarbageCollector;
import dev.coracle.core.snapshots.Kind;
import dev.coracle.core.stores.Scope;
import dev.coracle.core.stores.Stores;
import dev.coracle.core.testkit.SnapshotterContract;
import dev.coracle.core.testkit.StoresContract;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A daemon whose snapshotter and content are plugins of another one, through both sockets.
@Timeout(120)
class ProxiedContractsTest {
    abstract static class ThroughTwo implements StoresContract {
        RunningDaemon other;
        RemoteStores remote;

        @BeforeEach
        void start() throws Exception {
            other = RunningDaemon.start();
            remote = new RemoteStores(RunningDaemon.proxied(other.socket));
        }

        @AfterEach
        void stop() throws IOException {
            remote.daemon().close();
            other.close();
        }

        @Override
        public Stores stores() {
            return remote;
        }

        @Override
        public GarbageCollector collector() {
            return remote.collector();
        }
    }

    @Nested
    class Snapshots extends ThroughTwo implements SnapshotterContract {
        /// As a remote snapshotter has a layer before anybody unpacks it.
        @Test
        void a_layer_that_is_there_already_is_taken_over() {
            var target = "sha256:1234";
            var labels = Map.of("containerd.io/snapshot.ref", target);
            var root = Map.of("containerd.io/snapshot.ref", target, "containerd.io/gc.root", "test");
            var theirs = new RemoteStores(other).in(Scope.of("testing")).snapshotter(SNAPSHOTTER);
            theirs.prepare("making", "", root);
            theirs.commit(target, "making", root);

            var ours = leased("work", Map.of()).snapshotter(SNAPSHOTTER);
            assertThatThrownBy(() -> ours.prepare("extract-1 " + target, "", labels))
                    .isInstanceOf(AlreadyExists.class);

            assertThat(ours.stat(target).kind()).isEqualTo(Kind.COMMITTED);
            assertThat(ours.stat(target).labels()).isEqualTo(labels);
            assertThatThrownBy(() -> ours.stat("extract-1 " + target)).isInstanceOf(NotFound.class);
            assertThat(ours.prepare("work", target, Map.of())).isNotEmpty();
            collector().collect();
            assertThat(ours.stat("work").parent()).isEqualTo(target);

            testing().leases().delete("work");
            collector().collect();
            assertThatThrownBy(() -> theirs.stat(target)).isInstanceOf(NotFound.class);
        }

        @Test
        void what_is_collected_here_goes_there() {
            leased("work", Map.of()).snapshotter(SNAPSHOTTER).prepare("key", "", Map.of());
            var theirs = new RemoteStores(other).in(Scope.of("testing")).snapshotter(SNAPSHOTTER);
            assertThat(theirs.stat("testing/1/key").kind()).isEqualTo(Kind.ACTIVE);

            testing().leases().delete("work");
            collector().collect();
            assertThatThrownBy(() -> theirs.stat("testing/1/key")).isInstanceOf(NotFound.class);
        }
    }

    @Nested
    class Content extends ThroughTwo {
        @Test
        void blobs_are_kept_by_the_other_one_and_read_from_there() throws IOException {
            var content = leased("work", Map.of()).content();
            var text = "x".repeat(3 << 20);
            var digest = StoresContract.write(content, text, Map.of("a", "1"));

            try (var reader = content.open(digest)) {
                var buffer = ByteBuffer.allocate(10);
                assertThat(reader.read(buffer, (3 << 20) - 4)).isEqualTo(4);
            }
            assertThat(content.info(digest).size()).isEqualTo(3 << 20);
            var theirs = new RemoteStores(other).in(Scope.of("coracle")).content();
            assertThat(theirs.info(digest).size()).isEqualTo(3 << 20);
            assertThat(remote.daemon().folder.resolve("root/io.containerd.content.v1.content/blobs/sha256"))
                    .isEmptyDirectory();

            testing().leases().delete("work");
            collector().collect();
            assertThatThrownBy(() -> theirs.info(digest)).isInstanceOf(NotFound.class);
        }

        @Test
        void an_ingest_waits_here_and_goes_on_where_it_was() {
            var content = leased("work", Map.of()).content();
            try (var writer = content.writer("ref", 6, Optional.empty())) {
                writer.write(ByteBuffer.wrap(new byte[] {1, 2, 3}));
            }
            assertThat(content.statuses(List.of()).getFirst().offset()).isEqualTo(3);
            try (var writer = content.writer("ref", 6, Optional.empty())) {
                assertThat(writer.status().offset()).isEqualTo(3);
                writer.write(ByteBuffer.wrap(new byte[] {4, 5, 6}));
                assertThat(content.info(writer.commit(6, Optional.empty(), Map.of()))
                                .size())
                        .isEqualTo(6);
            }
        }
    }
}
