package dev.coracle.daemon;

import static org.assertj.core.api.Assertions.assertThat;

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
                [plugins."io.containerd.gc.v1.scheduler"]
                  mutation_threshold = 7
                [timeouts]
                  "io.containerd.timeout.task.state" = "9s"
                """))
                .containsExactlyInAnyOrder(
                        "plugins.\"io.containerd.gc.v1.scheduler\".mutation_threshold is not honoured by this daemon ("
                                + file + " line 3)",
                        "timeouts.\"io.containerd.timeout.task.state\" is not honoured by this daemon (" + file
                                + " line 5)");
    }
}
