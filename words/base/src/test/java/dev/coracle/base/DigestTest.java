package dev.coracle.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coracle.base.EngineException.InvalidArgument;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DigestTest {
    private static final String EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    @Test
    void bytes_have_the_digest_everybody_knows() {
        assertThat(Digest.ofBytes(new byte[0])).hasToString("sha256:" + EMPTY);
    }

    @Test
    void a_digest_is_read_as_it_is_written() {
        for (var text : new String[] {"sha256:" + EMPTY, "sha512:" + EMPTY + EMPTY}) {
            assertThat(Digest.parse(text)).hasToString(text);
            var hasher = Digest.parse(text).hasher();
            hasher.update("x".getBytes(StandardCharsets.UTF_8));
            var raw = hasher.digest();
            assertThat(Digest.of(raw).algorithm()).isEqualTo(Digest.parse(text).algorithm());
            assertThat(Digest.of(raw).hex()).hasSize(raw.length * 2);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "sha256",
                "sha256:",
                ":" + EMPTY,
                "md5:d41d8cd98f00b204e9800998ecf8427e",
                "sha512:" + EMPTY,
                "SHA256:" + EMPTY,
                "sha256:" + EMPTY + "0",
                "sha256:E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855",
                "sha256:../../../../../../../../../../../../../../../../../../../etc/pass",
                "sha256:g3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
            })
    void everything_else_is_refused(String text) {
        assertThatThrownBy(() -> Digest.parse(text)).isInstanceOf(InvalidArgument.class);
    }

    @Test
    void digests_have_the_order_of_their_text() {
        var low = Digest.parse("sha256:" + "0".repeat(64));
        var high = Digest.parse("sha256:" + "f".repeat(64));
        var longer = Digest.parse("sha512:" + "0".repeat(128));
        assertThat(low).isLessThan(high);
        assertThat(high).isLessThan(longer);
        assertThat(low).isEqualByComparingTo(Digest.parse(low.toString()));
    }
}
