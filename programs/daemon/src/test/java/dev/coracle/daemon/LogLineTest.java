package dev.coracle.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogLineTest {
    private static final DateTimeFormatter RFC_3339 =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSSSSSXXX", Locale.ROOT);

    private static String line(Instant time, String message) {
        return LogLine.format(time, LogLevel.INFO, message, Optional.empty(), false, false);
    }

    @ParameterizedTest
    @ValueSource(strings = {"2026-01-02T03:04:05.000000006Z", "1999-12-31T23:59:59.999999999Z", "2024-02-29T12:00:00Z"})
    void a_line_begins_with_its_time_to_the_nanosecond(String text) {
        var time = Instant.parse(text);

        assertThat(line(time, "ready"))
                .isEqualTo(
                        "time=\"" + RFC_3339.format(time.atZone(ZoneId.systemDefault())) + "\" level=info msg=ready\n");
    }

    @Test
    void pairs_behind_the_event_are_fields_and_an_error_is_all_that_follows() {
        assertThat(line(Instant.EPOCH, "not taken away id=a b=\"c\" error=open x=y: no"))
                .endsWith(" msg=\"not taken away\" id=a b=\"\\\"c\\\"\" error=\"open x=y: no\"\n");
    }
}
