package dev.coracle.userns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DhcpTest {
    private static final byte[] HARDWARE = {2, 0, 0, 0, 0, 7};
    private static final byte[] OFFER = {53, 1, 2};
    private static final byte[] ACK = {53, 1, 5};
    private static final byte[] NAK = {53, 1, 6};

    /// A network of which the test says what it answers to each question.
    private static final class Wire implements Frames {
        private final List<byte[]> asked = new ArrayList<>();
        private final Deque<List<byte[]>> answers = new ArrayDeque<>();
        private final Deque<byte[]> waiting = new ArrayDeque<>();

        @Override
        public void send(byte[] frame) {
            asked.add(frame);
            var next = answers.poll();
            if (next != null) {
                for (var options : next) {
                    waiting.add(options.length > 300 ? options : answer(frame, options));
                }
            }
        }

        @Override
        public Optional<byte[]> receive(Duration atMost) {
            return Optional.ofNullable(waiting.poll());
        }
    }

    private static byte[] answer(byte[] question, byte[] options) {
        var frame = ByteBuffer.allocate(14 + 20 + 8 + 240 + options.length + 1);
        frame.putShort(12, (short) 0x0800).put(14, (byte) 0x45).put(23, (byte) 17);
        frame.putShort(34, (short) 67).putShort(36, (short) 68).put(42, (byte) 2);
        frame.put(46, question, 46, 4).putInt(42 + 16, 0x0a000307).put(42 + 28, HARDWARE);
        frame.putInt(42 + 236, 0x63825363).put(42 + 240, options).put(frame.limit() - 1, (byte) 255);
        return frame.array();
    }

    private static byte[] with(byte[] type, int... more) {
        var bytes = ByteBuffer.allocate(type.length + more.length).put(type);
        for (var value : more) {
            bytes.put((byte) value);
        }
        return bytes.array();
    }

    private static Dhcp.Lease obtain(Wire wire) throws IOException {
        return new Dhcp(wire, HARDWARE, new Random(1)).obtain();
    }

    @Test
    void an_address_is_offered_and_taken() throws Exception {
        var wire = new Wire();
        wire.answers.add(List.of(with(OFFER, 54, 4, 10, 0, 3, 1)));
        wire.answers.add(List.of(with(
                ACK, 0, 0, 1, 4, 255, 255, 240, 0, 3, 4, 10, 0, 3, 1, 6, 8, 10, 0, 3, 1, 9, 9, 9, 9, 51, 4, 0, 0, 1,
                44)));
        assertThat(obtain(wire))
                .isEqualTo(new Dhcp.Lease(
                        InetAddress.ofLiteral("10.0.3.7"),
                        20,
                        Optional.of(InetAddress.ofLiteral("10.0.3.1")),
                        List.of(InetAddress.ofLiteral("10.0.3.1"), InetAddress.ofLiteral("9.9.9.9")),
                        Duration.ofMinutes(5)));
        assertThat(wire.asked).hasSize(2);
        var request = wire.asked.getLast();
        // a request for that address of that server, from nobody to everybody, with a right sum
        assertThat(request).startsWith(-1, -1, -1, -1, -1, -1).contains(50, 4, 10, 0, 3, 7, 54, 4, 10, 0, 3, 1);
        var sum = 0;
        for (var at = 14; at < 34; at += 2) {
            sum += Short.toUnsignedInt(ByteBuffer.wrap(request).getShort(at));
        }
        assertThat((sum & 0xffff) + (sum >>> 16)).isEqualTo(0xffff);
    }

    @Test
    void what_is_no_answer_to_us_is_passed_over() throws Exception {
        var wire = new Wire();
        var strange = answer(new byte[60], with(OFFER));
        var cut = new byte[400];
        cut[12] = 8;
        var endless = with(OFFER, 54, 250, 1);
        wire.answers.add(List.of(new byte[301], cut, strange, with(NAK), with(ACK), endless));
        wire.answers.add(List.of(with(OFFER), with(ACK)));
        assertThat(obtain(wire).address()).isEqualTo(InetAddress.ofLiteral("10.0.3.7"));
    }

    @Test
    void an_address_that_is_refused_is_not_kept() throws Exception {
        var wire = new Wire();
        wire.answers.add(List.of(with(OFFER)));
        wire.answers.add(List.of(with(ACK)));
        var dhcp = new Dhcp(wire, HARDWARE, new Random(1));
        var lease = dhcp.obtain();
        assertThat(lease.prefix()).isEqualTo(24);
        wire.answers.add(List.of(with(ACK, 51, 4, 0, 0, 0, 9)));
        assertThat(dhcp.renew(lease).lasts()).isEqualTo(Duration.ofSeconds(9));
        wire.answers.add(List.of(with(NAK)));
        assertThatThrownBy(() -> dhcp.renew(lease)).hasMessage("ask for an address: the network refuses it");
    }

    @Test
    void a_mask_with_holes_is_no_network() {
        var wire = new Wire();
        wire.answers.add(List.of(with(OFFER)));
        wire.answers.add(List.of(with(ACK, 1, 4, 255, 0, 255, 0)));
        assertThatThrownBy(() -> obtain(wire)).hasMessage("ask for an address: the subnet mask has holes");
    }
}
