package dev.coracle.engine.containers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coracle.base.EngineException.InvalidArgument;
import java.util.List;
import org.junit.jupiter.api.Test;

class SignalsTest {
    @Test
    void names_and_numbers_are_signals() {
        assertThat(Signals.number("KILL")).isEqualTo(9);
        assertThat(Signals.number("sigterm")).isEqualTo(15);
        assertThat(Signals.number("SIGWINCH")).isEqualTo(28);
        assertThat(Signals.number("1")).isEqualTo(1);
        assertThat(Signals.number("RTMIN+3")).isEqualTo(37);
        assertThat(Signals.number("RTMAX-1")).isEqualTo(63);
    }

    @Test
    void anything_else_is_refused() {
        for (var wrong : List.of("", "0", "65", "TERMINATE", "RTMIN+99", "-9")) {
            assertThatThrownBy(() -> Signals.number(wrong))
                    .isInstanceOf(InvalidArgument.class)
                    .hasMessageContaining("invalid signal: " + wrong);
        }
    }
}
