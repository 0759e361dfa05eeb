package dev.coracle.containerd.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.core.tasks.ProcessState;
import dev.coracle.core.tasks.Stdio;
import dev.coracle.core.tasks.TaskStatus;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RestartRuleTest {
    private static RestartRule rule(String policy, String count, String explicitly) {
        var labels = new HashMap<>(Map.of("containerd.io/restart.status", "running"));
        labels.put("containerd.io/restart.policy", policy);
        labels.put("containerd.io/restart.count", count);
        labels.put("containerd.io/restart.explicitly-stopped", explicitly);
        return RestartRule.of(labels).orElseThrow();
    }

    private static Optional<ProcessState> ended(int status) {
        return Optional.of(new ProcessState(
                "c", "", 1, TaskStatus.STOPPED, new Stdio("", "", "", false), status, Instant.EPOCH, "/b"));
    }

    @ParameterizedTest(name = "{0} count={1} explicitly={2} status={3}: {4}")
    @CsvSource({
        "'',0,'',0,true",
        "always,5,true,0,true",
        "no,0,'',1,false",
        "on-failure,9,'',1,true",
        "on-failure,0,'',0,false",
        "on-failure:2,1,'',1,true",
        "on-failure:2,2,'',1,false",
        "unless-stopped,0,'',0,true",
        "unless-stopped,0,true,0,false",
    })
    void a_task_that_has_ended(String policy, String count, String explicitly, int status, boolean again) {
        assertThat(rule(policy, count, explicitly).restarts(ended(status))).isEqualTo(again);
    }

    @Test
    void a_task_that_is_gone_has_not_failed() {
        assertThat(rule("on-failure", "0", "").restarts(Optional.empty())).isFalse();
        assertThat(rule("always", "0", "").restarts(Optional.empty())).isTrue();
    }

    @Test
    void without_the_status_label_a_container_is_nobodys_business() {
        assertThat(RestartRule.of(Map.of("containerd.io/restart.policy", "always")))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"sometimes", "always:3", "on-failure:many"})
    void a_policy_that_cannot_be_understood_is_said(String policy) {
        assertThatThrownBy(() -> rule(policy, "0", "")).isInstanceOf(InvalidArgument.class);
    }
}
