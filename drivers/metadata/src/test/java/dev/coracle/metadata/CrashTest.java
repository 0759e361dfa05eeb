package dev.coracle.metadata;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.coracle.base.Digest;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.core.stores.NamespaceStores;
import dev.coracle.core.stores.Scope;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// SIGKILL at any moment: what was acknowledged is there, and nothing is left over.
@Timeout(120)
class CrashTest {
    private static final int ROUNDS = 4;

    @Test
    void nothing_acknowledged_is_lost_and_nothing_leaks(@TempDir Path root) throws Exception {
        var seed = System.nanoTime();
        var random = new Random(seed);
        var kept = new HashSet<String>();
        var gone = new HashSet<String>();
        for (var round = 0; round < ROUNDS; round++) {
            for (var line : killedAfter(root, round, random.nextLong(), 1 + random.nextInt(120))) {
                var words = line.split(" ", 2);
                switch (words[0]) {
                    case "did" -> kept.add(words[1]);
                    case "gone" -> gone.add(words[1]);
                    default -> kept.remove(words[1]);
                }
            }
            try (var stores = CrashChildMain.open(root)) {
                var view = stores.in(Scope.of("testing"));
                stores.collector().collect();
                assertThat(stores.audit())
                        .as("round " + round + ", seed " + seed)
                        .isEmpty();
                assertThat(missing(view, kept))
                        .as("lost in round " + round + ", seed " + seed)
                        .isEmpty();
                assertThat(missing(view, gone))
                        .as("back in round " + round + ", seed " + seed)
                        .isEqualTo(gone);
            }
        }
        assertThat(kept).isNotEmpty();
    }

    /// Runs a child and kills it after some of its lines; all the lines it got out.
    private static List<String> killedAfter(Path root, int round, long seed, int lines) throws IOException {
        var child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        CrashChildMain.class.getName(),
                        root.toString(),
                        Integer.toString(round),
                        Long.toString(seed))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        var said = new ArrayList<String>();
        try (var out = new BufferedReader(new InputStreamReader(child.getInputStream(), UTF_8))) {
            for (var line = out.readLine(); line != null; line = out.readLine()) {
                said.add(line);
                if (said.size() == lines) {
                    // By its handle: the process itself would close its pipe before all is read.
                    child.toHandle().destroyForcibly();
                }
            }
        } finally {
            child.destroyForcibly();
        }
        assertThat(said.size()).as("the child worked").isGreaterThanOrEqualTo(lines);
        return said;
    }

    private static Set<String> missing(NamespaceStores view, Set<String> things) {
        var missing = new HashSet<String>();
        for (var thing : things) {
            var words = thing.split(" ", 2);
            try {
                switch (words[0]) {
                    case "content" -> verify(view, Digest.parse(words[1]));
                    case "snapshot" -> view.snapshotter("native").stat(words[1]);
                    default -> verify(view, view.images().get(words[1]).target().digest());
                }
            } catch (NotFound _) {
                missing.add(thing);
            }
        }
        return missing;
    }

    private static void verify(NamespaceStores view, Digest digest) {
        try (var reader = view.content().open(digest)) {
            var buffer = ByteBuffer.allocate((int) reader.size());
            reader.read(buffer, 0);
            assertThat(Digest.ofBytes(buffer.array())).isEqualTo(digest);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
