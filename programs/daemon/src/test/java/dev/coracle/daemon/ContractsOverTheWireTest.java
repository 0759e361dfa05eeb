package dev.coracle.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coracle.base.Digest;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.core.gc.GarbageCollector;
import dev.coracle.core.stores.Stores;
import dev.coracle.core.testkit.ContainerStoreContract;
import dev.coracle.core.testkit.ContentStoreContract;
import dev.coracle.core.testkit.ImageStoreContract;
import dev.coracle.core.testkit.LeaseStoreContract;
import dev.coracle.core.testkit.NamespaceStoreContract;
import dev.coracle.core.testkit.SnapshotterContract;
import dev.coracle.core.testkit.StoresContract;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The suites that every driver passes, passed by a daemon through its socket.
@Timeout(120)
class ContractsOverTheWireTest {
    abstract static class OverTheWire implements StoresContract {
        private RemoteStores remote;

        @BeforeEach
        void start() throws Exception {
            remote = new RemoteStores(RunningDaemon.start());
        }

        @AfterEach
        void stop() throws IOException {
            remote.daemon().close();
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
    class Namespaces extends OverTheWire implements NamespaceStoreContract {}

    @Nested
    class Images extends OverTheWire implements ImageStoreContract {}

    @Nested
    class Containers extends OverTheWire implements ContainerStoreContract {}

    @Nested
    class Leases extends OverTheWire implements LeaseStoreContract {}

    @Nested
    class Content extends OverTheWire implements ContentStoreContract {
        /// Each read is a request of its own, so nothing is open in between.
        @Override
        @Test
        public void an_open_reader_outlives_the_blob() throws IOException {
            var content = testing().content();
            var digest = StoresContract.write(content, "gone", Map.of());
            try (var reader = content.open(digest)) {
                content.delete(digest);

                assertThatThrownBy(() -> reader.read(ByteBuffer.allocate(4), 0)).isInstanceOf(NotFound.class);
            }
        }

        /// The wire knows one cut only: a write at offset zero.
        @Override
        @Test
        public void a_write_can_be_cut_back() {
            try (var writer = testing().content().writer("cut", 0, Optional.empty())) {
                writer.write(ByteBuffer.wrap(new byte[10]));
                writer.truncate(0);

                assertThat(writer.status().offset()).isZero();
                assertThat(writer.digest()).isEqualTo(Digest.ofBytes(new byte[0]));
            }
        }
    }

    @Nested
    class Snapshots extends OverTheWire implements SnapshotterContract {}
}
