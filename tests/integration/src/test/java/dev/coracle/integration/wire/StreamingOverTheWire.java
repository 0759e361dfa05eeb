package dev.coracle.integration.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coracle.containerd.api.streaming.StreamingGrpc;
import dev.coracle.containerd.api.types.transfer.Data;
import io.grpc.Status;
import org.junit.jupiter.api.Test;

@Since("1.7")
class StreamingOverTheWire extends OverTheWire {
    private ClientEnd open(String id) {
        return new ClientEnd(in(StreamingGrpc.newStub(channel)), id);
    }

    @Test
    void a_stream_is_acknowledged() throws Exception {
        try (var stream = open("s").acknowledged()) {
            assertThat(stream.isQuiet()).isTrue();
        }
    }

    @Test
    void a_stream_begins_with_its_name() throws Exception {
        try (var stream = new ClientEnd(in(StreamingGrpc.newStub(channel)), any(Data.getDefaultInstance()))) {
            assertThat(stream.endedAtOnce()).isNotIn(Status.Code.OK, Status.Code.UNIMPLEMENTED);
        }
    }

    @Test
    @ContainerdDiffers("the failure leaves as UNKNOWN, with the same words")
    void a_name_is_taken_once_in_a_namespace() throws Exception {
        try (var _ = open("s").acknowledged();
                var second = open("s")) {
            assertThat(second.endedAtOnce()).isEqualTo(Status.Code.ALREADY_EXISTS);
        }
    }

    @Test
    void another_namespace_may_use_the_name() throws Exception {
        try (var _ = open("s").acknowledged();
                var there = new ClientEnd(in("streams", StreamingGrpc.newStub(channel)), "s")) {
            there.acknowledged();
        }
    }

    @Test
    @ContainerdDiffers("streams without a namespace are of a namespace without a name")
    void a_namespace_is_required() throws Exception {
        try (var stream = new ClientEnd(StreamingGrpc.newStub(channel), "s")) {
            assertThat(stream.endedAtOnce()).isEqualTo(Status.Code.FAILED_PRECONDITION);
        }
    }
}
