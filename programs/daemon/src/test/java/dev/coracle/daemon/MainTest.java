package dev.coracle.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Nothing here may start a daemon: it would take the default directories.
@Timeout(60)
class MainTest {
    @TempDir
    Path folder;

    private record Outcome(int status, String out, String err) {}

    @Test
    void the_version_has_the_four_words_that_scripts_cut_apart() {
        assertThat(run("--version").out()).matches("containerd \\S+ v2\\.\\d+\\.\\d+ \\S+\n");
        assertThat(run("-v").status()).isZero();
    }

    @Test
    void help_is_on_standard_output() {
        assertThat(run("--help").out()).contains("--config value, -c value");
        assertThat(run("help", "config").out()).contains("migrate");
        assertThat(run("config").out()).contains("migrate");
    }

    @Test
    void what_it_does_not_know_it_refuses() {
        assertThat(run("--cats")).isEqualTo(failed("flag provided but not defined: -cats", "see containerd --help"));
        assertThat(run("--config")).isEqualTo(failed("flag needs an argument: -config", "see containerd --help"));
        assertThat(run("serve").err()).startsWith("containerd: unknown command \"serve\"");
        assertThat(run("config", "drop").status()).isEqualTo(1);
        assertThat(run("publish").err()).startsWith("containerd: topic required");
    }

    @Test
    void a_configuration_that_is_missing_broken_or_wrong_is_named_with_its_line() throws Exception {
        var missing = folder.resolve("none.toml");
        assertThat(run("-c", missing.toString())).isEqualTo(failed("read configuration " + missing + ": no such file"));
        assertThat(serve("version = 2\nroot = = 1\n").err())
                .startsWith("containerd: read configuration " + folder.resolve("c.toml") + " line 2 column ");
        assertThat(serve("version = 2\n\n[grpc]\n  address = 7\n"))
                .isEqualTo(failed("read configuration " + folder.resolve("c.toml")
                        + " line 4: plugins.\"io.containerd.server.v1.grpc\".address must be a string,"
                        + " not an integer"));
        assertThat(serve("version = 9\n"))
                .isEqualTo(failed("read configuration " + folder.resolve("c.toml")
                        + " line 1: version 9 is not one of 1, 2, 3, 4"));
        assertThat(serve("version = 2\n[debug]\nlevel = \"loud\"\n").err())
                .startsWith("containerd: read configuration " + folder.resolve("c.toml")
                        + " line 3: log level \"loud\" is not one of trace, debug, info");
        assertThat(serve("version = 2\noom_score = 5000\n"))
                .isEqualTo(failed("read configuration " + folder.resolve("c.toml")
                        + " line 2: oom_score 5000 is not between -1000 and 1000"));
        var name = "s".repeat(110);
        assertThat(serve("version = 2\n[grpc]\naddress = \"/tmp/" + name + "\"\n"))
                .isEqualTo(failed("read configuration " + folder.resolve("c.toml") + " line 3: socket path /tmp/" + name
                        + " has 115 characters, more than the 104 that a unix socket can have"));
    }

    @Test
    void dump_shows_what_holds_and_migrate_the_file_in_the_newest_layout() throws Exception {
        var file = write("version = 2\nroot = \"/r\"\n[grpc]\n  address = \"/s\"\n[plugins.\"x.y\"]\n  k = [\"a\"]\n");

        var dump = run("--config=" + file, "--log-level", "debug", "config", "dump")
                .out();
        assertThat(dump).contains("version = 4\nroot = '/r'\nstate = '/run/containerd'\n");
        assertThat(dump).contains("  [plugins.'io.containerd.server.v1.ttrpc']\n    address = '/s.ttrpc'\n");
        assertThat(dump).contains("[debug]\n  level = 'debug'\n");
        assertThat(run("-c", file, "config", "migrate").out()).isEqualTo("""
                        version = 4
                        root = '/r'

                        [plugins]

                          [plugins.'x.y']
                            k = ['a']

                          [plugins.'io.containerd.server.v1.grpc']
                            address = '/s'

                          [plugins.'io.containerd.server.v1.ttrpc']
                            address = '/s.ttrpc'
                        """);
    }

    private Outcome serve(String config) throws Exception {
        return run(
                "-c",
                write(config),
                "--root",
                folder.resolve("root").toString(),
                "--state",
                folder.resolve("state").toString());
    }

    private String write(String config) throws Exception {
        return Files.writeString(folder.resolve("c.toml"), config).toString();
    }

    private static Outcome failed(String message) {
        return new Outcome(1, "", "containerd: " + message + "\n");
    }

    private static Outcome failed(String message, String hint) {
        return new Outcome(1, "", "containerd: " + message + "\nhint: " + hint + "\n");
    }

    private Outcome run(String... arguments) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        var status = Main.run(
                List.of(arguments),
                RunningDaemon.environment(folder),
                new ByteArrayInputStream(new byte[0]),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
        return new Outcome(status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }
}
