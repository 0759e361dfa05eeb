package dev.coracle.containerd.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.containerd.api.runc.Options;
import dev.coracle.core.types.TypedBytes;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class RuntimeOptionsTest {
    private static final String RUNC = "containerd.runc.v1.Options";

    @Test
    void options_of_runc_become_json() {
        var options = Options.newBuilder()
                .setBinaryName("/opt/\"odd\"/crun")
                .setSystemdCgroup(true)
                .setIoUid(7)
                .build();

        var json = RuntimeOptions.forDriver(new TypedBytes(RUNC, options.toByteArray()));

        assertThat(json.typeUrl()).isEqualTo(RUNC);
        assertThat(new String(json.value(), StandardCharsets.UTF_8))
                .isEqualTo("{\"ioUid\":7,\"binaryName\":\"/opt/\\\"odd\\\"/crun\",\"systemdCgroup\":true}");
    }

    @Test
    void other_options_and_none_pass_as_they_are() {
        var other = new TypedBytes("runtimeoptions.v1.Options", new byte[] {1});

        assertThat(RuntimeOptions.forDriver(other)).isSameAs(other);
        assertThat(RuntimeOptions.forDriver(TypedBytes.NONE)).isSameAs(TypedBytes.NONE);
    }

    @Test
    void bytes_that_are_no_options_are_refused() {
        assertThatThrownBy(() -> RuntimeOptions.forDriver(new TypedBytes(RUNC, new byte[] {-1, -1})))
                .isInstanceOf(InvalidArgument.class);
    }
}
