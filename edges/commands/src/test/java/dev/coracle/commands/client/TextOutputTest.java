package dev.coracle.commands.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

class TextOutputTest {
    private final ArrayList<String> told = new ArrayList<>();
    private final TextOutput output = new TextOutput(told::add);

    @Test
    void a_character_that_is_cut_in_two_stays_one() {
        var bytes = "a ü 魚 🐟 z".getBytes(StandardCharsets.UTF_8);
        for (var cut = 0; cut <= bytes.length; cut++) {
            told.clear();
            output.write(bytes, 0, cut);
            output.write(bytes, cut, bytes.length - cut);
            assertThat(String.join("", told)).as("cut at %d", cut).isEqualTo("a ü 魚 🐟 z");
        }
        told.clear();
        for (var one : bytes) {
            output.write(one);
        }
        assertThat(String.join("", told)).isEqualTo("a ü 魚 🐟 z");
    }

    @Test
    void what_is_no_text_is_shown_as_such_and_does_not_stop_the_rest() {
        output.write(new byte[] {'a', (byte) 0xff, 'b'}, 0, 3);

        assertThat(told).containsExactly("a\ufffdb");
    }
}
