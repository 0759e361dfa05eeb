package dev.coracle.cli.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coracle.cli.line.Values;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnitsTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0B, 0B",
        "999, 999B, 999B",
        "1000, 1kB, 1000B",
        "1024, 1.02kB, 1KiB",
        "12345678, 12.3MB, 11.77MiB",
        "208000000, 208MB, 198.4MiB",
        "999950, 1e+03kB, 976.5KiB",
    })
    void sizes(long bytes, String decimal, String binary) {
        assertThat(Units.size(bytes)).isEqualTo(decimal);
        assertThat(Units.memory(bytes)).isEqualTo(binary);
    }

    @ParameterizedTest
    @CsvSource({
        "0, Less than a second",
        "1, 1 second",
        "59, 59 seconds",
        "60, About a minute",
        "119, About a minute",
        "120, 2 minutes",
        "3599, 59 minutes",
        "3600, About an hour",
        "7200, 2 hours",
        "172799, 2 days",
        "172800, 2 days",
        "1209600, 2 weeks",
        "5184000, 2 months",
        "63072000, 2 years",
    })
    void durations(long seconds, String words) {
        assertThat(Units.duration(Duration.ofSeconds(seconds))).isEqualTo(words);
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "1b, 1", "1k, 1024", "1kb, 1024", "1KiB, 1024", "64m, 67108864", "1.5g, 1610612736", "-1, -1"})
    void sizes_are_read(String text, long bytes) {
        assertThat(Values.bytes(text)).isEqualTo(bytes);
    }

    @Test
    void points_in_time_are_read() {
        var now = Instant.parse("2026-11-25T12:00:00Z");
        assertThat(Filters.time("10m", now)).isEqualTo("2026-11-25T11:50:00Z");
        assertThat(Filters.time("1764072000", now)).isEqualTo("2025-11-25T12:00:00Z");
        assertThat(Filters.time("2026-11-25", now)).isEqualTo("2026-11-25T00:00:00Z");
        assertThat(Filters.time("2026-11-25T10:00:00Z", now)).isEqualTo("2026-11-25T10:00:00Z");
        assertThat(Filters.time("2026-11-25T10:00:00+01:00", now)).isEqualTo("2026-11-25T09:00:00Z");
    }
}
