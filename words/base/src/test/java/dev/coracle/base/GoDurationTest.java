package dev.coracle.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coracle.base.EngineException.InvalidArgument;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GoDurationTest {
    @ParameterizedTest
    @CsvSource({
        "0, PT0S, 0s",
        "1h30m, PT1H30M, 1h30m0s",
        "1.5s, PT1.5S, 1.5s",
        "500ms, PT0.5S, 500ms",
        "90s, PT1M30S, 1m30s",
        "-2m, PT-2M, -2m0s",
        "24h, PT24H, 24h0m0s",
        "10us, PT0.00001S, 10µs",
        "3ns, PT0.000000003S, 3ns",
        "1m0.5s, PT1M0.5S, 1m0.5s",
        ".5h, PT30M, 30m0s",
        "1.000000001s, PT1.000000001S, 1.000000001s",
        "1.9999999999ns, PT0.000000001S, 1ns",
        "0.333333333333333333h, PT19M59.999999999S, 19m59.999999999s",
        "2562047h47m16.854775807s, PT2562047H47M16.854775807S, 2562047h47m16.854775807s",
    })
    void a_duration_reads_and_writes_as_in_go(String text, Duration duration, String written) {
        assertThat(GoDuration.parse(text)).isEqualTo(duration);
        assertThat(GoDuration.format(duration)).isEqualTo(written);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "5",
                "s",
                "1x",
                "1h 30m",
                "99999999999h",
                "2562047h47m16.854775808s",
                "9223372036854775808ns",
                "--1s"
            })
    void anything_else_is_refused(String text) {
        assertThatThrownBy(() -> GoDuration.parse(text)).isInstanceOf(InvalidArgument.class);
    }
}
