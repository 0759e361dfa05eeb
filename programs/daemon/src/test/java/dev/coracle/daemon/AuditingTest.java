package dev.coracle.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coracle.base.Digest;
import dev.coracle.base.EngineException.Unavailable;
import dev.coracle.core.stores.Scope;
import dev.coracle.core.testkit.Samples;
import dev.coracle.core.testkit.StoresContract;
import dev.coracle.linux.Fd;
import dev.coracle.linux.Pipe;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// `containerd audit` of a running daemon.
@Timeout(60)
class AuditingTest {
    private record Said(int status, List<String> lines) {}

    private static Said audit(Path address) throws IOException {
        try (var out = Pipe.open();
                var empty = Fd.openForReading(Path.of("/dev/null"))) {
            var status = Auditing.ask(address, Path.of("/"), List.of(empty, out.writer(), out.writer()));
            out.writer().close();
            var text = new String(out.reader().input().readAllBytes(), StandardCharsets.UTF_8);
            return new Said(status, text.lines().toList());
        }
    }

    @Test
    void what_is_lost_and_what_is_left_is_told_line_by_line() throws Exception {
        try (var daemon = RunningDaemon.start()) {
            var stores = new RemoteStores(daemon);
            stores.in(Scope.of("red")).leases().create(Optional.of("work"), Map.of());
            var red = stores.in(Scope.of("red").leased("work"));
            var lost = StoresContract.write(red.content(), "lost", Map.of());
            var cut = StoresContract.write(red.content(), "cut off", Map.of());
            red.snapshotter("native").prepare("kept", "", Map.of());
            assertThat(audit(daemon.socket)).isEqualTo(new Said(0, List.of()));

            var root = daemon.folder.resolve("root");
            var blobs = root.resolve("io.containerd.content.v1.content/blobs/sha256");
            Files.delete(blobs.resolve(lost.hex()));
            Files.delete(blobs.resolve(cut.hex()));
            Files.writeString(blobs.resolve(cut.hex()), "cut");
            var stray = Digest.ofBytes(new byte[] {1});
            Files.write(blobs.resolve(stray.hex()), new byte[] {1});
            Files.createDirectories(daemon.folder.resolve("state/io.containerd.runtime.v2.task/red/left"));
            red.containers().create(Samples.container("c1", "native", "nothing", Map.of()));

            var said = audit(daemon.socket);
            assertThat(said.status()).isEqualTo(1);
            assertThat(said.lines())
                    .containsExactlyInAnyOrder(
                            "content " + lost + " has no file",
                            "content " + cut + " has 3 bytes on disk instead of 7",
                            "the file of blob " + stray + " has no record",
                            "container c1 of namespace red has no snapshot nothing of native",
                            "bundle "
                                    + daemon.folder
                                            .resolve("state/io.containerd.runtime.v2.task/red/left")
                                            .toRealPath()
                                    + " has no task");
            Files.delete(daemon.folder.resolve("state/io.containerd.runtime.v2.task/red/left"));
        }
    }

    @Test
    void without_a_daemon_it_says_where_it_looked() {
        assertThatThrownBy(() -> audit(Path.of("/nowhere/c.sock")))
                .isInstanceOf(Unavailable.class)
                .hasMessageStartingWith("audit: no daemon answers at /nowhere/coracle.sock: ");
    }
}
