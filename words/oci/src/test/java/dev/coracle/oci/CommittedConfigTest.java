package dev.coracle.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coracle.base.Digest;
import dev.coracle.base.EngineException.InvalidArgument;
import java.util.List;
import org.junit.jupiter.api.Test;

class CommittedConfigTest {
    private static final String BASE = """
            {"os": "linux", "architecture": "amd64", "custom": 1, "config": {"Env": ["A=1"], "User": "me"},
             "rootfs": {"type": "layers", "diff_ids": ["sha256:%s"]}, "history": [{"created_by": "base"}]}
            """.formatted("a".repeat(64));

    @Test
    void a_layer_and_instructions_are_added_and_the_rest_stays() {
        var diffId = Digest.parse("sha256:" + "b".repeat(64));
        var bytes = CommittedConfig.upon(BASE)
                .layer(diffId, new ImageHistory.Step("2026-01-01T00:00:00Z", "sh", "somebody", "why", false))
                .process(List.of("/entry"), List.of("arg"), List.of("A=1", "B=2"))
                .change("ENV A=3 C=\"with space\"")
                .change("LABEL k=v")
                .change("EXPOSE 80 53/udp")
                .change("CMD [\"x\", \"y\"]")
                .change("entrypoint echo hi")
                .change("WORKDIR /work")
                .bytes();
        var config = ImageConfig.parse(bytes);
        assertThat(config.diffIds()).hasSize(2).last().isEqualTo(diffId);
        assertThat(config.launch().env()).containsExactly("B=2", "A=3", "C=with space");
        assertThat(config.launch().cmd()).containsExactly("x", "y");
        assertThat(config.launch().entrypoint()).containsExactly("/bin/sh", "-c", "echo hi");
        assertThat(config.launch().user()).isEqualTo("me");
        assertThat(config.launch().labels()).containsEntry("k", "v");
        assertThat(config.wishes().exposed()).containsExactlyInAnyOrder("80/tcp", "53/udp");
        assertThat(ImageHistory.parse(bytes).steps()).hasSize(2);
        assertThat(new String(bytes, java.nio.charset.StandardCharsets.UTF_8)).contains("\"custom\":1");
    }

    @Test
    void other_instructions_are_refused() {
        for (var wrong : List.of("RUN x", "ENV", "nothing at all", "ENV name")) {
            assertThatThrownBy(() -> CommittedConfig.upon(BASE).change(wrong)).isInstanceOf(InvalidArgument.class);
        }
    }
}
