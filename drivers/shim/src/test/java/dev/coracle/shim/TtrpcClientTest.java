package dev.coracle.shim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.rpc.Code;
import com.google.rpc.Status;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.base.EngineException.Unavailable;
import dev.coracle.containerd.api.shim.TaskRequest;
import dev.coracle.containerd.api.ttrpc.Request;
import dev.coracle.containerd.api.ttrpc.Response;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Against the other side, played frame by frame.
class TtrpcClientTest {
    /// A frame that came.
    private record Frame(int stream, Request request) {}

    private static Frame read(SocketChannel channel) throws IOException {
        var in = new DataInputStream(Channels.newInputStream(channel));
        var length = in.readInt();
        var stream = in.readInt();
        assertThat(in.readByte()).isEqualTo((byte) 1);
        assertThat(in.readByte()).isZero();
        return new Frame(stream, Request.parseFrom(in.readNBytes(length)));
    }

    private static void answer(SocketChannel channel, int stream, Response response) throws IOException {
        var out = new DataOutputStream(Channels.newOutputStream(channel));
        var bytes = response.toByteArray();
        out.writeInt(bytes.length);
        out.writeInt(stream);
        out.writeByte(2);
        out.writeByte(0);
        out.write(bytes);
        out.flush();
    }

    private static Response ok(String id) {
        return Response.newBuilder()
                .setStatus(Status.newBuilder().setCode(Code.OK_VALUE))
                .setPayload(TaskRequest.newBuilder().setId(id).build().toByteString())
                .build();
    }

    private static ServerSocketChannel listen(Path socket) throws IOException {
        return ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(socket));
    }

    private static String call(TtrpcClient client, String id) {
        return client.call(
                        "toy.Service",
                        "Echo",
                        TaskRequest.newBuilder().setId(id).build(),
                        TaskRequest.parser())
                .getId();
    }

    @Test
    void answers_may_come_in_any_order_and_streams_are_odd_and_rise(@TempDir Path folder) throws Exception {
        var socket = folder.resolve("s");
        try (var server = listen(socket);
                var callers = Executors.newVirtualThreadPerTaskExecutor();
                var client = TtrpcClient.connect(socket, "ns", () -> {});
                var channel = server.accept()) {
            var first = callers.submit(() -> call(client, "a"));
            var one = read(channel);
            var second = callers.submit(() -> call(client, "b"));
            var two = read(channel);
            assertThat(one.stream()).isEqualTo(1);
            assertThat(two.stream()).isEqualTo(3);
            assertThat(one.request().getService()).isEqualTo("toy.Service");
            assertThat(one.request().getMethod()).isEqualTo("Echo");
            assertThat(one.request().getMetadata(0).getKey()).isEqualTo("containerd-namespace-ttrpc");
            assertThat(one.request().getMetadata(0).getValue()).isEqualTo("ns");
            answer(channel, two.stream(), ok("second"));
            assertThat(second.get(10, TimeUnit.SECONDS)).isEqualTo("second");
            answer(channel, one.stream(), ok("first"));
            assertThat(first.get(10, TimeUnit.SECONDS)).isEqualTo("first");
        }
    }

    @Test
    void a_status_becomes_a_failure(@TempDir Path folder) throws Exception {
        var socket = folder.resolve("s");
        try (var server = listen(socket);
                var callers = Executors.newVirtualThreadPerTaskExecutor();
                var client = TtrpcClient.connect(socket, "ns", () -> {});
                var channel = server.accept()) {
            var call = callers.submit(() -> call(client, "a"));
            answer(
                    channel,
                    read(channel).stream(),
                    Response.newBuilder()
                            .setStatus(Status.newBuilder()
                                    .setCode(Code.NOT_FOUND_VALUE)
                                    .setMessage("process does not exist: not found"))
                            .setPayload(ByteString.EMPTY)
                            .build());
            assertThatThrownBy(() -> call.get(10, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(NotFound.class)
                    .hasMessageContaining("process does not exist");
        }
    }

    @Test
    void whoever_waits_learns_that_the_other_side_is_gone(@TempDir Path folder) throws Exception {
        var socket = folder.resolve("s");
        var ended = new CountDownLatch(1);
        try (var server = listen(socket);
                var callers = Executors.newVirtualThreadPerTaskExecutor();
                var client = TtrpcClient.connect(socket, "ns", ended::countDown)) {
            var channel = server.accept();
            var call = callers.submit(() -> call(client, "a"));
            var _ = read(channel);
            channel.close();
            assertThatThrownBy(() -> call.get(10, TimeUnit.SECONDS)).hasCauseInstanceOf(Unavailable.class);
            assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
            assertThatThrownBy(() -> call(client, "b")).isInstanceOf(Unavailable.class);
        }
    }

    @Test
    void who_closes_the_connection_is_not_told_of_its_end(@TempDir Path folder) throws Exception {
        var socket = folder.resolve("s");
        var ended = new CountDownLatch(1);
        try (var _ = listen(socket)) {
            var client = TtrpcClient.connect(socket, "ns", ended::countDown);
            client.close();
            assertThatThrownBy(() -> call(client, "a")).isInstanceOf(Unavailable.class);
            assertThat(ended.getCount()).isEqualTo(1);
        }
    }

    @Test
    void an_answer_that_does_not_come_is_not_waited_for_beyond_the_limit(@TempDir Path folder) throws Exception {
        var socket = folder.resolve("s");
        try (var server = listen(socket);
                var client = TtrpcClient.connect(socket, "ns", () -> {});
                var channel = server.accept()) {
            assertThatThrownBy(() -> client.call(
                            "toy.Service",
                            "Echo",
                            TaskRequest.getDefaultInstance(),
                            TaskRequest.parser(),
                            Duration.ofMillis(50)))
                    .isInstanceOf(Unavailable.class)
                    .hasMessageContaining("no answer within 50 ms");
            assertThat(read(channel).request().getTimeoutNano()).isEqualTo(50_000_000);
        }
    }
}
