package dev.coracle.commands.line;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TableTest {
    @Test
    void narrow_columns_are_one_space_apart_and_padded_at_the_end() {
        assertThat(Table.narrow().row("NAME", "LABELS").row("default", "").text())
                .isEqualTo("NAME    LABELS \ndefault        \n");
    }

    @Test
    void wide_columns_are_four_spaces_apart_and_a_last_cell_may_be_open() {
        assertThat(Table.wide()
                        .row("TASK", "PID", "STATUS")
                        .line("a\t12\tRUNNING")
                        .text())
                .isEqualTo("TASK    PID    STATUS    \na       12     RUNNING\n");
    }

    @Test
    void tabbed_columns_are_filled_by_tabs() {
        assertThat(Table.tabbed()
                        .line("DIGEST\tSIZE")
                        .line("sha256:0123456789\t5B")
                        .text())
                .isEqualTo("DIGEST\t\t\tSIZE\nsha256:0123456789\t5B\n");
    }

    @Test
    void a_line_without_a_column_ends_its_block() {
        assertThat(Table.narrow().line("long cell\tx").line("none").line("a\tb").text())
                .isEqualTo("long cell x\nnone\na b\n");
    }

    @ParameterizedTest
    @CsvSource({"0, 0.0 B, 0B", "999, 999.0 B, 999B", "1536, 1.5 KiB, 1.536kB", "31467520, 30.0 MiB, 31.47MB"})
    void sizes_are_written_in_both_ways(long size, String binary, String decimal) {
        assertThat(Units.bytes(size)).isEqualTo(binary);
        assertThat(Units.size(size)).isEqualTo(decimal);
    }

    @ParameterizedTest
    @CsvSource({
        "PT0.5S, Less than a second",
        "PT1S, 1 second",
        "PT59S, 59 seconds",
        "PT60S, About a minute",
        "PT5M, 5 minutes",
        "PT1H, About an hour",
        "PT5H, 5 hours",
        "PT72H, 3 days",
        "PT480H, 2 weeks",
        "PT2400H, 3 months",
        "PT24000H, 2 years",
    })
    void ages_are_written_in_words(Duration age, String words) {
        assertThat(Units.age(age)).isEqualTo(words);
    }
}
