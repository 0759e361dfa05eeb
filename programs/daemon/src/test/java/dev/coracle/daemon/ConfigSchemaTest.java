package dev.coracle.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the daemon says of a file before it starts with it.
class ConfigSchemaTest {
    @TempDir
    private Path folder;

    private List<String> warnings(String toml) throws Exception {
        var file = Files.writeString(folder.resolve("config.toml"), toml);
        return ConfigSchema.check(ConfigFiles.load(file, ConfigSchema.defaults()));
    }

    @Test
    void keys_that_say_what_is_so_anyway_are_no_news() throws Exception {
        assertThat(warnings("""
                version = 3
                temp = ""
                [plugins."io.containerd.gc.v1.scheduler"]
                  mutation_threshold = 100
                [timeouts]
                  "io.containerd.timeout.task.state" = "2s"
                """)).isEmpty();
    }

    @Test
    void a_key_without_effect_is_named_with_its_place() throws Exception {
        var file = folder.resolve("config.toml");
        assertThat(warnings("""
                version = 3
                [plugins."io.containerd.metadata.v1.bolt"]
                  no_sync = true
                [timeouts]
                  "io.containerd.timeout.task.state" = "9s"
                """))
                .containsExactlyInAnyOrder(
                        "plugins.\"io.containerd.metadata.v1.bolt\".no_sync is not honoured by this daemon (" + file
                                + " line 3)",
                        "timeouts.\"io.containerd.timeout.task.state\" is not honoured by this daemon (" + file
                                + " line 5)");
    }

    @Test
    void the_pace_of_collections_is_the_files() throws Exception {
        var tree = ConfigSchema.defaults();
        var scheduler = tree.ensure("plugins", DaemonConfig.COLLECTION);
        scheduler.put("pause_threshold", 0.9);
        scheduler.put("deletion_threshold", 3L);
        scheduler.put("mutation_threshold", 7L);
        scheduler.put("schedule_delay", "50ms");
        scheduler.put("startup_delay", "2s");

        var pace = DaemonConfig.of(tree, folder).collection();

        assertThat(pace.pauseThreshold()).as("at most half of the time").isEqualTo(0.5);
        assertThat(pace.deletions()).isEqualTo(3);
        assertThat(pace.changes()).isEqualTo(7);
        assertThat(pace.delay()).hasMillis(50);
        assertThat(pace.start()).hasSeconds(2);
        scheduler.put("startup_delay", "soon");
        assertThatThrownBy(() -> DaemonConfig.of(tree, folder))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("startup_delay \"soon\" is not a duration");
    }
}
