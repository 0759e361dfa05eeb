package dev.coracle.integration.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Runs [EngineInside] in a JVM of its own inside a user and mount namespace, as the daemon is.
class EngineTest {
    @Test
    void containers_live_as_the_engine_says() throws Exception {
        runInside(EngineInside.class);
    }

    @Test
    void nothing_is_lost_when_the_daemon_is_killed_under_load() throws Exception {
        runInside(EngineCrashInside.class);
    }

    private static void runInside(Class<?> tests) throws Exception {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var tree = System.getProperty("coracle.tree");
        var classes = System.getProperty("java.class.path")
                + (tree == null ? "" : File.pathSeparator + Path.of(tree, "lib") + "/*");
        var output = Files.createTempFile("coracle-engine-test", ".log");
        try {
            var child = new ProcessBuilder(List.of(
                            "unshare",
                            "--user",
                            "--map-auto",
                            "--map-root-user",
                            "--mount",
                            "--",
                            java,
                            "-XX:+UseSerialGC",
                            "-cp",
                            classes,
                            "--enable-native-access=ALL-UNNAMED",
                            "org.junit.platform.console.ConsoleLauncher",
                            "execute",
                            "--select-class",
                            tests.getName(),
                            "--include-classname",
                            ".*",
                            "--details",
                            "tree",
                            "--disable-banner"))
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            assertThat(child.waitFor())
                    .as(new String(Files.readAllBytes(output), StandardCharsets.UTF_8))
                    .isZero();
        } finally {
            Files.delete(output);
        }
    }
}
