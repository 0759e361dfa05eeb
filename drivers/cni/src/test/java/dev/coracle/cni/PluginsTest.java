package dev.coracle.cni;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coracle.base.EngineException.FailedPrecondition;
import dev.coracle.core.networks.DescribedNetworks.Attachment;
import dev.coracle.core.networks.EndpointSpec;
import dev.coracle.processes.Spawner;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class PluginsTest {
    /// More than a pipe holds.
    private static final String LARGE = "{\"large\": \"" + "x".repeat(300_000) + "\"}";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @SuppressWarnings("NullAway.Init")
    private Spawner spawner;

    @BeforeEach
    void open() throws IOException {
        spawner = Spawner.open();
    }

    @AfterEach
    void close() {
        spawner.close();
    }

    private String answer(Duration patience, String script) throws Exception {
        var file = Files.writeString(folder.resolve("plugin"), "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        var settings = new CniSettings(
                folder,
                List.of(folder),
                Optional.empty(),
                Path.of("/usr/bin/nsenter"),
                Map.of("PATH", "/usr/bin:/bin"));
        var attachment = new Attachment("c", "c", Optional.empty(), "eth0", EndpointSpec.of("net"));
        var answered = new Plugins(settings, spawner, patience).run(Plugins.Verb.ADD, "plugin", LARGE, attachment);
        return new String(answered, StandardCharsets.UTF_8);
    }

    @Test
    void a_large_configuration_arrives_whole_however_late_it_is_read() throws Exception {
        assertThat(answer(Duration.ofSeconds(50), "sleep 0.3; wc -c").strip())
                .isEqualTo(Integer.toString(LARGE.length()));
    }

    @Test
    void a_plugin_that_never_reads_is_ended_when_its_time_is_over() {
        assertThatThrownBy(() -> answer(Duration.ofSeconds(1), "exec sleep 1000"))
                .isInstanceOf(FailedPrecondition.class)
                .hasMessageContaining("did not answer within 1 s and was ended");
    }

    @Test
    void a_plugin_that_ends_without_reading_is_believed() throws Exception {
        assertThat(answer(Duration.ofSeconds(50), "echo done").strip()).isEqualTo("done");
        assertThatThrownBy(() -> answer(Duration.ofSeconds(50), "exec <&-; sleep 0.1; echo no >&2; exit 3"))
                .isInstanceOf(FailedPrecondition.class)
                .hasMessageContaining("no");
    }
}
