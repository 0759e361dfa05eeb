package dev.coracle.integration.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Empty;
import dev.coracle.containerd.api.version.VersionGrpc;
import org.junit.jupiter.api.Test;

class VersionOverTheWire extends OverTheWire {
    @Test
    void a_version_that_clients_can_compare_is_told_without_a_namespace() {
        var answer = VersionGrpc.newBlockingStub(channel).version(Empty.getDefaultInstance());

        assertThat(answer.getVersion()).matches("v?[0-9]+\\.[0-9]+\\.[0-9]+.*");
    }
}
