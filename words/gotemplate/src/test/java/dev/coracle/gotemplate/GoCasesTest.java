package dev.coracle.gotemplate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coracle.base.EngineException.InvalidArgument;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// What Go 1.26 answers to each template with the data below (`go.tsv`: `ok` or `error`, the
/// template, the output or the message), and this room must answer the same.
class GoCasesTest {
    private static Object data() {
        var data = new HashMap<String, @Nullable Object>();
        data.put("name", "web");
        data.put("n", 42);
        data.put("neg", -7);
        data.put("f", 3.5);
        data.put("big", 123456789.0);
        data.put("huge", 1e21);
        data.put("small", 0.00001234);
        data.put("t", true);
        data.put("no", false);
        data.put("nil", null);
        data.put("list", List.of("a", "b", "c"));
        data.put("nums", List.of(1, 2, 3));
        data.put("empty", List.of());
        data.put("strs", List.of("x", "y"));
        data.put("map", Map.of("b", 2, "a", 1));
        data.put("labels", Map.of("com.x/y", "1", "z", ""));
        data.put("nested", Map.of("deep", Map.of("x", "y")));
        data.put("html", "<a href='x'>&\"</a>");
        data.put("uni", "héllo wörld ☃");
        data.put("esc", "tab\tnl\nq\"b\\");
        data.put("items", List.of(Map.of("id", "1", "ports", List.of(80, 443)), Map.of("id", "2", "ports", List.of())));
        data.put(
                "c",
                GoStruct.of("main.Container")
                        .put("ID", "abc")
                        .put("Names", List.of("n1", "n2"))
                        .put("Size", 7)
                        .put("Running", true)
                        .put(
                                "Port",
                                GoStruct.of("main.Port")
                                        .put("Port", 80)
                                        .put("Type", "tcp")
                                        .build())
                        .optional("Labels", "labels", Map.of())
                        .method("Label", key -> "<" + key + ">")
                        .build());
        return data;
    }

    static Stream<Arguments> cases() throws IOException {
        try (var table = GoCasesTest.class.getResourceAsStream("go.tsv")) {
            return new String(table.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(line -> line.split("\t"))
                    .map(words -> Arguments.of(
                            words[0],
                            Named.of(words[1], Quote.unquote(words[1]).orElseThrow()),
                            Quote.unquote(words[2]).orElseThrow()));
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void answers_as_go_does(String kind, String template, String wanted) {
        assertThat(answer(template)).isEqualTo(kind + ": " + wanted);
    }

    private static String answer(String template) {
        try {
            return "ok: " + Template.parse("", template, Functions.docker()).render(data());
        } catch (InvalidArgument failure) {
            return "error: " + failure.message();
        }
    }
}
