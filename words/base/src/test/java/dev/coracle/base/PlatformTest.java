package dev.coracle.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coracle.base.EngineException.InvalidArgument;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlatformTest {
    private static final Platform HOST = Platform.linux("amd64");

    @ParameterizedTest
    @CsvSource({
        "linux, linux/amd64",
        "arm64, linux/arm64",
        "Linux/X86_64, linux/amd64",
        "linux/amd64/v1, linux/amd64",
        "linux/amd64/v3, linux/amd64/v3",
        "linux/aarch64/v8, linux/arm64",
        "linux/arm, linux/arm/v7",
        "linux/arm/6, linux/arm/v6",
        "linux/armhf, linux/arm/v7",
        "linux/armel, linux/arm/v6",
        "linux/i386, linux/386",
        "macos/arm64, darwin/arm64",
        "linux/riscv64, linux/riscv64",
    })
    void specifiers_are_normalised(String text, String normal) {
        assertThat(Platform.parse(text, HOST)).hasToString(normal);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "linux/", "nothing", "linux/amd64/v1/x", "li nux/amd64", "linux/*"})
    void malformed_specifiers_are_refused(String text) {
        assertThatThrownBy(() -> Platform.parse(text, HOST)).isInstanceOf(InvalidArgument.class);
    }

    @ParameterizedTest
    @CsvSource({
        "linux/amd64, linux/amd64, true",
        "linux/amd64, linux/386, true",
        "linux/amd64, linux/amd64/v2, false",
        "linux/amd64/v3, linux/amd64/v2, true",
        "linux/amd64/v3, linux/amd64, true",
        "linux/arm64, linux/arm/v7, true",
        "linux/arm64, linux/arm/v8, true",
        "linux/arm/v7, linux/arm/v6, true",
        "linux/arm/v6, linux/arm/v7, false",
        "linux/arm/v7, linux/arm64, false",
        "linux/amd64, windows/amd64, false",
    })
    void a_machine_runs_its_own_and_older_variants(String machine, String built, boolean runs) {
        assertThat(Platform.parse(machine, HOST).runs(Platform.parse(built, HOST)))
                .isEqualTo(runs);
    }

    @Test
    void the_best_variant_comes_first() {
        var order = Stream.of("linux/s390x", "linux/arm/v6", "linux/arm64", "linux/arm/v7")
                .map(text -> Platform.parse(text, HOST))
                .sorted(Platform.linux("aarch64").preference())
                .map(Platform::toString);
        assertThat(order).containsExactly("linux/arm64", "linux/arm/v7", "linux/arm/v6", "linux/s390x");
    }
}
