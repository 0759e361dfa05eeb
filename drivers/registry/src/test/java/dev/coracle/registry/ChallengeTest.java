package dev.coracle.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ChallengeTest {
    @Test
    void dockers_challenge_has_quoted_parameters() {
        assertThat(Challenge.parse(List.of(
                        "Bearer realm=\"https://a.example/token\",service=\"r\",scope=\"repository:a/b:pull,push\"")))
                .containsExactly(new Challenge(
                        "bearer",
                        Map.of(
                                "realm",
                                "https://a.example/token",
                                "service",
                                "r",
                                "scope",
                                "repository:a/b:pull,push")));
    }

    @Test
    void several_challenges_may_share_a_line() {
        assertThat(Challenge.parse(List.of("Basic realm=\"x\", Bearer realm=y , service = z", "NTLM")))
                .containsExactly(
                        new Challenge("basic", Map.of("realm", "x")),
                        new Challenge("bearer", Map.of("realm", "y", "service", "z")),
                        new Challenge("ntlm", Map.of()));
    }

    @Test
    void quotes_may_be_escaped_and_may_be_missing() {
        assertThat(Challenge.parse(List.of("Basic realm=\"a\\\"b")))
                .containsExactly(new Challenge("basic", Map.of("realm", "a\"b")));
    }

    @Test
    void nonsense_is_no_challenge() {
        assertThat(Challenge.parse(List.of("", " , ,", "=x", "\"", "x".repeat(20_000))))
                .isEmpty();
    }
}
