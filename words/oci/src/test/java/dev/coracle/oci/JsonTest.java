package dev.coracle.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coracle.base.EngineException.InvalidArgument;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void depth_is_limited() {
        assertThatThrownBy(() -> Json.object(bytes("{\"a\":" + "[".repeat(100) + "]".repeat(100) + "}"), "doc"))
                .isInstanceOf(InvalidArgument.class)
                .hasMessageStartingWith("doc is not valid JSON");
    }

    @Test
    void size_is_limited() {
        assertThatThrownBy(() -> Json.object(new byte[Json.LARGEST + 1], "doc"))
                .isInstanceOf(InvalidArgument.class)
                .hasMessageContaining("more than the limit");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "null", "{", "{\"a\":1,\"a\":2}", "{\"a\":1}{", "nonsense"})
    void what_is_no_single_object_is_refused(String text) {
        assertThatThrownBy(() -> Json.object(bytes(text.isEmpty() ? " " : text), "doc"))
                .isInstanceOf(InvalidArgument.class);
    }

    @Test
    void the_written_form_is_gos() {
        var tree = Json.object(bytes("{\"b\":\"<a&b>\\n\",\"a\":[1,true,null],\"e\":{},\"l\":[]}"), "doc");
        assertThat(Json.compact(tree))
                .isEqualTo("{\"b\":\"\\u003ca\\u0026b\\u003e\\n\",\"a\":[1,true,null],\"e\":{},\"l\":[]}");
        assertThat(Json.pretty(Json.object(bytes("{\"b\":{\"c\":[1,2]},\"e\":{}}"), "doc"), "  "))
                .isEqualTo("{\n  \"b\": {\n    \"c\": [\n      1,\n      2\n    ]\n  },\n  \"e\": {}\n}");
    }
}
