package dev.coracle.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coracle.base.EngineException.InvalidArgument;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdentifiersTest {
    @ParameterizedTest
    @ValueSource(strings = {"a", "0", "Default", "k8s.io", "a-b_c.d", "moby", "A1-2"})
    void good(String identifier) {
        assertThat(Identifiers.require("namespace", identifier)).isEqualTo(identifier);
    }

    @ParameterizedTest
    @ValueSource(strings = {".", "..", "-a", "a-", "a--b", "a.-b", "a b", "a/b", "../a", "ä", "a\n", "a\0", "_a"})
    void bad(String identifier) {
        assertThatThrownBy(() -> Identifiers.require("namespace", identifier))
                .isInstanceOf(InvalidArgument.class)
                .hasMessageContaining("namespace \"" + identifier + "\"");
    }

    @Test
    void the_longest_has_76_characters() {
        assertThat(Identifiers.require("id", "a".repeat(76))).hasSize(76);
        assertThatThrownBy(() -> Identifiers.require("id", "a".repeat(77))).isInstanceOf(InvalidArgument.class);
        assertThatThrownBy(() -> Identifiers.require("id", ""))
                .isInstanceOf(InvalidArgument.class)
                .hasMessage("id must not be empty");
    }
}
