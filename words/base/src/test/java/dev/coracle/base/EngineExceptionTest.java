package dev.coracle.base;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coracle.base.EngineException.NotFound;
import java.util.Arrays;
import java.util.HashSet;
import org.junit.jupiter.api.Test;

class EngineExceptionTest {
    @Test
    void there_are_sixteen_kinds_each_with_its_own_word() throws Exception {
        var words = new HashSet<String>();
        for (var kind : EngineException.class.getPermittedSubclasses()) {
            var failure = (EngineException) kind.getConstructor(String.class).newInstance("attempt: why");
            words.add(failure.word());
            var copy = failure.within("context").remedy("do this");
            assertThat(copy).as(kind.getSimpleName()).isExactlyInstanceOf(kind);
            assertThat(copy.message()).isEqualTo("context: attempt: why");
            assertThat(copy.remedy()).contains("do this");
        }
        assertThat(EngineException.class.getPermittedSubclasses()).hasSize(16);
        assertThat(words).hasSize(16);
    }

    @Test
    void context_is_put_in_front_and_the_remedy_and_the_cause_are_kept() {
        var root = new IllegalStateException("root");
        var failure = new NotFound("resolve", root).remedy("check the name").within("pull x");
        assertThat(failure).hasMessage("pull x: resolve");
        assertThat(failure.remedy()).contains("check the name");
        assertThat(failure).hasRootCause(root);
    }

    @Test
    void there_is_no_remedy_unless_one_is_given() {
        assertThat(new NotFound("x").remedy()).isEmpty();
    }

    @Test
    void every_kind_can_carry_its_cause() throws Exception {
        var cause = new IllegalStateException("cause");
        for (var kind : Arrays.asList(EngineException.class.getPermittedSubclasses())) {
            var failure = (EngineException)
                    kind.getConstructor(String.class, Throwable.class).newInstance("x", cause);
            assertThat(failure).as(kind.getSimpleName()).hasCause(cause);
        }
    }
}
