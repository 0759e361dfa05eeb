package dev.coracle.integration.runtime;

import static dev.coracle.integration.runtime.Ground.NAMESPACE;
import static dev.coracle.integration.runtime.Ground.init;
import static org.assertj.core.api.Assertions.assertThat;

import dev.coracle.core.tasks.TaskStatus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Started by [RuntimeTest] inside a user and mount namespace.
class CrashInside {
    private static final int ROUNDS = Integer.getInteger("coracle.crash.rounds", 8);

    @ParameterizedTest
    @Timeout(300)
    @ValueSource(strings = {"crun", "runc"})
    void a_daemon_killed_at_any_point_is_made_good_by_the_next(String program) throws Exception {
        var ground = Ground.make(program);
        var directory = ground.directory();
        var random = new Random(4711);
        for (var round = 0; round < ROUNDS; round++) {
            var victim = victim(directory, program);
            Awaitility.await("the victim's first container")
                    .atMost(Duration.ofSeconds(30))
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> hasBundles(directory));
            assertThat(victim.waitFor(random.nextInt(400), TimeUnit.MILLISECONDS))
                    .isFalse();
            victim.destroyForcibly().waitFor();

            ground.restart();

            for (var state : ground.runtime().list(NAMESPACE)) {
                assertThat(state.status())
                        .as("status of %s in round %s", state.containerId(), round)
                        .isIn(TaskStatus.CREATED, TaskStatus.RUNNING, TaskStatus.STOPPED);
                if (state.status() != TaskStatus.STOPPED) {
                    assertThat(Path.of("/proc", Integer.toString(state.pid()))).exists();
                    ground.runtime().kill(init(state.containerId()), 9, true);
                }
                assertThat(ground.runtime().await(init(state.containerId())).status())
                        .isEqualTo(137);
                ground.runtime().delete(init(state.containerId()));
            }
            assertThat(ground.leftovers()).as("left behind in round %s", round).isEmpty();
            Awaitility.await("conmons to end in round " + round)
                    .atMost(Duration.ofSeconds(10))
                    .untilAsserted(() -> assertThat(mentioning(directory)).isEmpty());
        }
        ground.close();
    }

    private static Process victim(Path directory, String program) throws IOException {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        return new ProcessBuilder(
                        java,
                        "-cp",
                        System.getProperty("java.class.path"),
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:TieredStopAtLevel=1",
                        Victim.class.getName(),
                        directory.toString(),
                        program)
                .inheritIO()
                .start();
    }

    private static boolean hasBundles(Path directory) throws IOException {
        var bundles = directory.resolve("state/io.containerd.runtime.v2.task").resolve(NAMESPACE);
        if (!Files.isDirectory(bundles)) {
            return false;
        }
        try (var entries = Files.list(bundles)) {
            return entries.findAny().isPresent();
        }
    }

    /// The processes that were started for this place and still are.
    private static List<String> mentioning(Path directory) throws IOException {
        var found = new ArrayList<String>();
        try (var processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (var process : processes) {
                try {
                    var words = new String(Files.readAllBytes(process.resolve("cmdline")), StandardCharsets.UTF_8);
                    if (words.contains(directory.toString())) {
                        found.add(words.replace('\0', ' '));
                    }
                } catch (IOException ended) {
                    // then it is not left
                }
            }
        }
        return found;
    }
}
