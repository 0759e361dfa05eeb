package dev.coracle.commands.line;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LineTest {
    private final List<Line> ran = new ArrayList<>();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private final Verb<String> root = new Verb<>(
            List.of("tool"),
            "does things",
            "",
            "",
            List.of(Flag.text("address a", "Where").or("/x").from("TOOL_ADDRESS"), Flag.bool("debug", "Say more")),
            List.of(
                    Verb.of(
                            "run r",
                            "Run it",
                            "NAME [ARG...]",
                            List.of(
                                    Flag.bool("rm", "Remove it"),
                                    Flag.bool("tty t", "Terminal"),
                                    Flag.texts("env", "Variable"),
                                    Flag.whole("count", "How often").or("3"),
                                    Flag.duration("after", "When")),
                            (line, _) -> {
                                ran.add(line);
                                return 7;
                            }),
                    Verb.group(
                            "group g",
                            "More",
                            List.of(Verb.of(
                                    "must",
                                    "Needs it",
                                    "",
                                    List.of(Flag.text("id", "Id").must()),
                                    (line, _) -> {
                                        ran.add(line);
                                        return 0;
                                    })))),
            (_, _) -> 0);

    private int run(String... words) throws Exception {
        var stream = new PrintStream(out, true, StandardCharsets.UTF_8);
        return new Program<>(root, "tool 1").run(List.of(words), Map.of("TOOL_ADDRESS", "/env"), stream, _ -> "");
    }

    private String printed() {
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void flags_come_before_arguments_in_any_of_gos_forms() throws Exception {
        assertThat(run(
                        "--debug",
                        "run",
                        "-rm",
                        "--t=false",
                        "--env",
                        "A=1",
                        "-env=B=2",
                        "--after",
                        "1m30s",
                        "name",
                        "--rm",
                        "-x"))
                .isEqualTo(7);
        var line = ran.getFirst();
        assertThat(line.flag("debug")).isTrue();
        assertThat(line.flag("rm")).isTrue();
        assertThat(line.flag("tty")).isFalse();
        assertThat(line.isSet("tty")).isTrue();
        assertThat(line.texts("env")).containsExactly("A=1", "B=2");
        assertThat(line.whole("count")).isEqualTo(3);
        assertThat(line.duration("after")).isEqualTo(Duration.ofSeconds(90));
        assertThat(line.arguments()).containsExactly("name", "--rm", "-x");
    }

    @Test
    void an_empty_value_is_a_value() throws Exception {
        run("run", "--env", "", "name");
        assertThat(ran.getFirst().texts("env")).containsExactly("");
        run("-a", "", "run", "name");
        assertThat(ran.get(1).isSet("address")).isTrue();
        assertThat(ran.get(1).text("address")).isEmpty();
    }

    @Test
    void two_dashes_end_the_flags() throws Exception {
        run("r", "--rm", "--", "-name");
        assertThat(ran.getFirst().arguments()).containsExactly("-name");
    }

    @Test
    void the_environment_stands_in_for_a_flag_but_does_not_win() throws Exception {
        run("run", "x");
        run("--address=/flag", "run", "x");
        assertThat(ran).extracting(line -> line.text("address")).containsExactly("/env", "/flag");
    }

    @Test
    void an_unknown_flag_shows_the_help_of_its_command() {
        assertThatThrownBy(() -> run("run", "--nope", "x"))
                .isInstanceOf(UsageFailure.class)
                .hasMessage("flag provided but not defined: -nope");
        assertThat(printed())
                .startsWith("Incorrect Usage: flag provided but not defined: -nope\n\nNAME:\n   tool run - Run it\n");
    }

    @Test
    void wrong_values_are_named() {
        assertThatThrownBy(() -> run("run", "--count", "many"))
                .hasMessageContaining("invalid value \"many\" for flag -count");
        assertThatThrownBy(() -> run("run", "--after", "5"))
                .hasMessageContaining("invalid value \"5\" for flag -after");
        assertThatThrownBy(() -> run("run", "--rm=maybe")).hasMessageContaining("invalid value \"maybe\"");
        assertThatThrownBy(() -> run("run", "--env")).hasMessage("flag needs an argument: -env");
        assertThatThrownBy(() -> run("g", "must")).hasMessage("Required flag \"id\" not set");
    }

    @Test
    void an_unknown_command_has_no_help_topic() throws Exception {
        for (var words : List.of(List.of("fly"), List.of("group", "fly"), List.of("help", "fly"))) {
            assertThatThrownBy(() -> run(words.toArray(String[]::new)))
                    .hasMessage("No help topic for 'fly'")
                    .isInstanceOfSatisfying(
                            UsageFailure.class,
                            failure -> assertThat(failure.status()).isEqualTo(3));
        }
        assertThat(printed()).isEmpty();
    }

    @Test
    void the_help_page_has_urfaves_shape() throws Exception {
        assertThat(run("run", "--help")).isZero();
        assertThat(printed()).isEqualTo("""
                NAME:
                   tool run - Run it

                USAGE:
                   tool run [command options] NAME [ARG...]

                OPTIONS:
                   --rm                         Remove it (default: false)
                   --tty, -t                    Terminal (default: false)
                   --env value [ --env value ]  Variable
                   --count value                How often (default: 3)
                   --after value                When (default: 0s)
                   --help, -h                   Show help
                """);
    }

    @Test
    void without_a_command_the_program_shows_what_it_has() throws Exception {
        assertThat(run()).isZero();
        assertThat(printed())
                .contains("   run, r    Run it\n", "   group, g  More\n", "GLOBAL OPTIONS:")
                .contains("   --address value, -a value  Where (default: \"/x\") [$TOOL_ADDRESS]\n");
        assertThat(run("--version")).isZero();
        assertThat(printed()).endsWith("tool 1\n");
    }

    @Test
    void bare_labels_mean_true() {
        assertThat(Line.labels(List.of("a=1", "b", "c=", "d=x=y")))
                .isEqualTo(Map.of("a", "1", "b", "true", "c", "", "d", "x=y"));
    }
}
