package dev.coracle.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coracle.base.EngineException.InvalidArgument;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LabelsTest {
    @Test
    void an_empty_value_is_not_kept() {
        assertThat(Labels.of(Map.of("a", "1", "b", ""))).isEqualTo(Map.of("a", "1"));
    }

    @Test
    void any_text_may_be_a_label() {
        var labels = Map.of("ключ \"\n\0", "wärt");
        assertThat(Labels.of(labels)).isEqualTo(labels);
    }

    @Test
    void key_and_value_have_4096_bytes_together() {
        Labels.of(Map.of("k".repeat(96), "v".repeat(4000)));
        assertThatThrownBy(() -> Labels.of(Map.of("k".repeat(97), "v".repeat(4000))))
                .isInstanceOf(InvalidArgument.class)
                .hasMessageContaining("4097 bytes")
                .hasMessageContaining("key: kkkkkkkkkk");
        assertThatThrownBy(() -> Labels.of(Map.of("k", "ü".repeat(2048)))).isInstanceOf(InvalidArgument.class);
    }

    @Test
    void a_label_has_a_key() {
        assertThatThrownBy(() -> Labels.of(Map.of("", "v"))).isInstanceOf(InvalidArgument.class);
    }
}
