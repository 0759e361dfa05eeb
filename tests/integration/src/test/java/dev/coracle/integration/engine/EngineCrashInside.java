package dev.coracle.integration.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coracle.engine.containers.ContainerState.Status;
import dev.coracle.engine.containers.StopOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Started by [EngineTest] inside a user and mount namespace.
@Timeout(300)
class EngineCrashInside {
    private static final int ROUNDS = 6;
    private static final int LONGEST_MILLIS = 1500;

    @Test
    void nothing_is_lost_or_left_when_the_daemon_is_killed_under_load() throws Exception {
        var random = new Random();
        var ground = EngineGround.make();
        var kept = ground.create(EngineGround.options("kept", "sleep", "100000"));
        ground.in().containers().start(kept);
        var pid = ground.in().containers().get(kept).state().pid();
        for (var round = 0; round < ROUNDS; round++) {
            ground.drop();
            killSoon(ground.directory(), random.nextInt(LONGEST_MILLIS));
            ground = EngineGround.at(ground.directory());
            var view = ground.in().containers().get("kept");
            assertThat(view.state().status()).isEqualTo(Status.RUNNING);
            assertThat(view.state().pid()).isEqualTo(pid);
            for (var container : ground.in().containers().list()) {
                if (!container.id().equals(kept)) {
                    assertThat(container.managed()).as(container.id()).isTrue();
                    // what was left can be used: it starts and ends
                    ground.in().containers().start(container.id());
                    ground.in().containers().stop(container.id(), new StopOptions("KILL", Duration.ZERO));
                }
            }
        }
        ground.close();
    }

    private static void killSoon(Path directory, int millis) throws IOException, InterruptedException {
        var victim = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "--enable-native-access=ALL-UNNAMED",
                        EngineVictim.class.getName(),
                        directory.toString()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (var output = new BufferedReader(new InputStreamReader(victim.getInputStream(), StandardCharsets.UTF_8))) {
            assertThat(output.readLine()).isEqualTo("ready");
            // any point in its work is as good as another
            victim.waitFor(millis, TimeUnit.MILLISECONDS);
            victim.destroyForcibly();
            victim.waitFor();
        }
    }
}
