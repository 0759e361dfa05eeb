package dev.coracle.userns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coracle.linux.UnixSocket;
import dev.coracle.linux.UnixSocket.Pair;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A pair of sockets that keep packets apart stands for the device.
class FramePumpTest {
    private static final int GATEWAY = 0x0a000201;
    private static final Duration LONG = Duration.ofSeconds(20);

    private final CountDownLatch ended = new CountDownLatch(1);
    private Pair device;
    private Pair stream;
    private PacketFrames inside;
    private StreamFrames outside;

    @BeforeEach
    void start() throws Exception {
        device = UnixSocket.pair(UnixSocket.Type.SEQUENCED_PACKET);
        stream = UnixSocket.pair(UnixSocket.Type.STREAM);
        inside = new PacketFrames(device.one());
        outside = new StreamFrames(stream.one());
    }

    @AfterEach
    void close() throws Exception {
        device.one().close();
        stream.one().close();
        assertThat(ended.await(20, TimeUnit.SECONDS)).isTrue();
        device.close();
        stream.close();
    }

    private void pump(boolean loopback, int gatewayWeb) {
        new FramePump(device.other(), stream.other(), new FramePump.Guard(loopback, gatewayWeb))
                .start(ended::countDown);
    }

    private static byte[] tcp(int destination, int port, int fragment) {
        var frame = ByteBuffer.allocate(60);
        frame.putShort(12, (short) 0x0800).put(14, (byte) 0x45).put(23, (byte) 6);
        frame.putShort(20, (short) fragment).putInt(30, destination).putShort(36, (short) port);
        return frame.array();
    }

    @Test
    void frames_pass_both_ways_whole_and_in_order() throws Exception {
        pump(false, 0);
        for (var length : new int[] {60, 1514, 65535, 14}) {
            var frame = new byte[length];
            Arrays.fill(frame, (byte) length);
            inside.send(frame);
            assertThat(outside.receive(LONG)).hasValue(frame);
        }
        // two at once, and one in parts
        var two = new byte[] {60, 0};
        var bytes = new byte[2 * 62];
        System.arraycopy(two, 0, bytes, 0, 2);
        System.arraycopy(two, 0, bytes, 62, 2);
        bytes[2] = 1;
        bytes[64] = 2;
        stream.one().write(bytes, 0, 70);
        assertThat(inside.receive(LONG).orElseThrow()).hasSize(60).startsWith(1);
        stream.one().write(bytes, 70, bytes.length - 70);
        assertThat(inside.receive(LONG).orElseThrow()).hasSize(60).startsWith(2);
    }

    @Test
    void what_would_reach_the_hosts_loopback_is_kept() throws Exception {
        pump(true, 0);
        inside.send(tcp(0x7f000001, 22, 0));
        inside.send(tcp(0x7f112233, 22, 0));
        inside.send(tcp(0, 22, 0));
        var fine = tcp(GATEWAY, 80, 0);
        inside.send(fine);
        assertThat(outside.receive(LONG)).hasValue(fine);
    }

    @Test
    void nobody_inside_gives_orders_to_the_gateway() throws Exception {
        pump(false, GATEWAY);
        inside.send(tcp(GATEWAY, 80, 0));
        // the port is in the first part, which may come last
        inside.send(tcp(GATEWAY, 443, 0x2000));
        inside.send(tcp(GATEWAY, 443, 0x0003));
        inside.send(Arrays.copyOf(tcp(GATEWAY, 80, 0), 36));
        for (var frame : new byte[][] {tcp(GATEWAY, 443, 0x4000), tcp(GATEWAY + 1, 80, 0), tcp(0x7f000001, 80, 0)}) {
            inside.send(frame);
            assertThat(outside.receive(LONG)).hasValue(frame);
        }
    }
}
