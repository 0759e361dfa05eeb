package dev.coracle.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coracle.base.EngineException.DataLoss;
import dev.coracle.core.types.TypedBytes;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CodecTest {
    @Test
    void labels_are_stored_in_a_form_a_person_can_read() {
        assertThat(new String(Codec.labels(Map.of("b", "two", "a", "1")), StandardCharsets.UTF_8))
                .isEqualTo("1:a1:11:b3:two");
    }

    @Test
    void any_text_comes_back() {
        var labels = Map.of("k:1", "a:b", "", "empty key", "ü\0\n", "🛶".repeat(500), "x", "");
        assertThat(Codec.labels(Codec.labels(labels))).isEqualTo(labels);
        assertThat(Codec.labels(new byte[0])).isEmpty();
    }

    @Test
    void any_bytes_come_back() {
        var extensions = Map.of("e", new TypedBytes("t", new byte[] {0, -1, ':'}), "f", TypedBytes.NONE);
        assertThat(Codec.extensions(Codec.extensions(extensions))).isEqualTo(extensions);
    }

    @Test
    void what_was_cut_is_data_loss() {
        for (var damaged : new String[] {"5:ab", "x", "1:a", "99999999999:a", "1:a9"}) {
            assertThatThrownBy(() -> Codec.labels(damaged.getBytes(StandardCharsets.UTF_8)))
                    .as(damaged)
                    .isInstanceOf(DataLoss.class);
        }
    }

    @Test
    void times_have_nanoseconds() {
        for (var text : new String[] {"2026-11-23T18:00:00.123456789Z", "1969-12-31T23:59:59.999999999Z"}) {
            var time = Instant.parse(text);
            assertThat(Codec.time(Codec.nanos(time))).isEqualTo(time);
        }
        assertThat(Codec.nanos(Instant.MAX)).isEqualTo(Long.MAX_VALUE);
        assertThat(Codec.nanos(Instant.parse("0001-01-01T00:00:00Z"))).isEqualTo(Long.MIN_VALUE);
    }
}
