package dev.coracle.coracle;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommandLineTest {
    private static CommandLine line(String text) {
        var words = Arrays.asList(text.split(" "));
        return new CommandLine(words.getFirst(), words.subList(1, words.size()));
    }

    @ParameterizedTest
    @CsvSource({
        "ctr --address /a images ls, /a",
        "ctr -a /a images ls, /a",
        "ctr --address=/a images ls, /a",
        "ctr --debug -n x -a unix:///a images ls, unix:///a",
        "nerdctl -H unix:///a ps, unix:///a",
        "nerdctl --namespace -a --host=/b ps, /b",
        "coracle -a /a -a /b ps, /b"
    })
    void an_address_stands_before_the_command(String text, String address) {
        assertThat(line(text).address()).contains(address);
    }

    @ParameterizedTest
    @CsvSource({
        "ctr images -a /a ls",
        "ctr -H /a images ls",
        "coracle run -a stdout x",
        "coracle -a",
        "coracle -- -a /a",
        "ctr"
    })
    void what_is_no_global_flag_is_no_address(String text) {
        assertThat(line(text).address()).isEmpty();
    }

    @Test
    void what_works_on_the_engine_is_done_outside_of_it() {
        assertThat(line("coracle start").ownProgram()).contains("engine");
        assertThat(line("nerdctl status").ownProgram()).contains("engine");
        assertThat(line("coracle start web").ownProgram()).contains("coracle-start");
        assertThat(line("coracle setup install").ownProgram()).contains("coracle-setup");
        assertThat(line("coracle --debug -n k8s.io doctor --json").ownProgram()).contains("coracle-doctor");
        assertThat(line("coracle --debug -n k8s.io doctor --json").command()).containsExactly("doctor", "--json");
        assertThat(line("coracle --debug=true stop").ownProgram()).contains("engine");
        assertThat(line("coracle -a /run/other.sock doctor").ownProgram()).isEmpty();
        assertThat(line("coracle --namespace").ownProgram()).isEmpty();
        assertThat(line("coracle ../x").ownProgram()).isEmpty();
        assertThat(line("coracle --help").ownProgram()).isEmpty();
        assertThat(line("ctr start").ownProgram()).isEmpty();
        assertThat(new CommandLine("coracle", List.of()).ownProgram()).isEmpty();
    }

    @Test
    void a_failure_has_the_status_that_the_program_is_known_for() {
        assertThat(line("ctr").failureStatus()).isEqualTo(1);
        assertThat(line("nerdctl").failureStatus()).isEqualTo(125);
    }
}
