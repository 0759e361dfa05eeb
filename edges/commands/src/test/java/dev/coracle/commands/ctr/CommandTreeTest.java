package dev.coracle.commands.ctr;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coracle.commands.Session;
import dev.coracle.commands.line.Flag;
import dev.coracle.commands.line.Verb;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class CommandTreeTest {
    private static final int LEAVES = 95;

    @Test
    void every_command_of_ctr_is_there_with_its_flags() throws IOException {
        var ours = new TreeMap<String, String>();
        walk(Ctr.verb(), "", ours);
        assertThat(ours).containsExactlyEntriesOf(facts());
    }

    @Test
    void there_are_as_many_as_ctr_has() {
        assertThat(leaves(Ctr.verb())).isEqualTo(LEAVES);
    }

    private static Map<String, String> facts() throws IOException {
        try (var file = CommandTreeTest.class.getResourceAsStream("/ctr-commands.txt")) {
            assertThat(file).isNotNull();
            return new String(file.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split(":", 2))
                    .collect(Collectors.toMap(
                            fact -> fact[0],
                            fact -> sorted(List.of(fact[1].strip().split(" "))),
                            (a, _) -> a,
                            TreeMap::new));
        }
    }

    private static String sorted(List<String> words) {
        return words.stream().filter(word -> !word.isEmpty()).sorted().collect(Collectors.joining(" "));
    }

    private static void walk(Verb<Session> verb, String above, Map<String, String> found) {
        var others = verb.names().stream().skip(1).sorted().collect(Collectors.joining(" "));
        var path = above + verb.name();
        found.put(
                path + (others.isEmpty() ? "" : " (" + others + ")"),
                sorted(verb.flags().stream()
                        .filter(Flag::shown)
                        .map(CommandTreeTest::words)
                        .toList()));
        var below = above.isEmpty() && verb.name().equals("ctr") ? "" : path + " ";
        verb.children().forEach(child -> walk(child, below, found));
    }

    private static String words(Flag flag) {
        var value = switch (flag.kind()) {
            case SWITCH -> "";
            case TEXTS, WHOLES -> "...";
            case WHOLE, DECIMAL -> "=" + (flag.fallback().isEmpty() ? "0" : flag.fallback());
            case TEXT, DURATION -> "=" + flag.fallback();
        };
        return String.join(",", flag.names()) + value + (flag.variable().isEmpty() ? "" : "$" + flag.variable());
    }

    private static int leaves(Verb<Session> verb) {
        return verb.children().isEmpty()
                ? 1
                : verb.children().stream().mapToInt(CommandTreeTest::leaves).sum();
    }
}
