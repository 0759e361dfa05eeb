package dev.coracle.gotemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.base.EngineException.ResourceExhausted;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TemplateTest {
    private record Port(int hostPort, String type) {}

    private record Thing(String id, String imageId, List<Port> ports, Optional<String> note) {}

    private static final Thing THING = new Thing("abc", "sha256:1", List.of(new Port(80, "tcp")), Optional.empty());

    private static String render(String text, Object data) {
        return Template.parse("", text, Functions.docker()).render(data);
    }

    @Test
    void components_of_records_are_exported_fields() {
        assertThat(render("{{.ID}} {{.ImageID}} {{range .Ports}}{{.HostPort}}/{{.Type}}{{end}} {{.Note}}", THING))
                .isEqualTo("abc sha256:1 80/tcp <nil>");
    }

    @Test
    void json_shows_fields_in_their_order_and_keys_sorted() {
        assertThat(render("{{json .}}", THING))
                .isEqualTo("{\"ID\":\"abc\",\"ImageID\":\"sha256:1\","
                        + "\"Ports\":[{\"HostPort\":80,\"Type\":\"tcp\"}],\"Note\":null}");
        assertThat(GoJson.pretty(Map.of("b", List.of(), "a", Map.of("x", 1)), "    "))
                .isEqualTo("{\n    \"a\": {\n        \"x\": 1\n    },\n    \"b\": []\n}");
    }

    @Test
    void a_struct_keeps_json_names_and_leaves_out_what_is_empty() {
        var struct = GoStruct.of("types.T")
                .put("ID", "Id", "x")
                .optional("Note", "note", "")
                .put("Hidden", "", 1)
                .build();
        assertThat(GoJson.compact(struct)).isEqualTo("{\"Id\":\"x\"}");
        assertThat(struct.raw()).isEqualTo(Map.of("Id", "x"));
        assertThat(render("{{.ID}}{{.Hidden}}", struct)).isEqualTo("x1");
    }

    @Test
    void a_missing_key_is_no_value_or_a_failure() {
        var template = Template.parse("", "{{.a}}", Functions.go());
        assertThat(template.render(Map.of())).isEqualTo("<no value>");
        assertThatThrownBy(() -> template.missing(Template.MissingKey.ERROR).render(Map.of()))
                .isInstanceOf(InvalidArgument.class)
                .hasMessage("template: :1:2: executing \"\" at <.a>: map has no entry for key \"a\"");
    }

    @Test
    void functions_of_a_heading_leave_it_alone() {
        var heading = Template.parse("", "{{lower .ID}} {{json .ID}} {{truncate .ID 3}}", Functions.dockerHeader());
        assertThat(heading.render(Map.of("ID", "CONTAINER ID"))).isEqualTo("CONTAINER ID CONTAINER ID CONTAINER ID");
    }

    @Test
    void a_function_may_be_added() {
        var functions = Functions.go()
                .with("twice", List.of(Functions.Parameter.STRING), given -> given.getFirst() + "" + given.getFirst());
        assertThat(Template.parse("", "{{twice \"ab\"}}", functions).render(Map.of()))
                .isEqualTo("abab");
    }

    @Test
    void what_never_ends_is_stopped() {
        assertThatThrownBy(() -> render("{{define \"x\"}}{{template \"x\"}}{{end}}{{template \"x\"}}", Map.of()))
                .hasMessageContaining("exceeded maximum template depth");
        assertThatThrownBy(() -> render("{{range 1000000}}{{printf \"%9999d\" 1}}{{end}}", Map.of()))
                .isInstanceOf(ResourceExhausted.class);
        assertThatThrownBy(() -> render("{{" + "(".repeat(5000) + "1", Map.of()))
                .isInstanceOf(InvalidArgument.class);
    }
}
