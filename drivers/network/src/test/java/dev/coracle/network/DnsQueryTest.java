package dev.coracle.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DnsQueryTest {
    private static byte[] query(String name, int type) {
        var out = ByteBuffer.allocate(512).put(new byte[] {7, 8, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0});
        for (var label : name.split("\\.", -1)) {
            out.put((byte) label.length()).put(label.getBytes(StandardCharsets.ISO_8859_1));
        }
        out.put(new byte[] {0, 0, (byte) type, 0, 1});
        return Arrays.copyOf(out.array(), out.position());
    }

    private static byte[] withPayload(byte[] query, int size) {
        var out = ByteBuffer.allocate(query.length + 11).put(query);
        out.put(new byte[] {0, 0, 41}).putShort((short) size).put(new byte[6]);
        return out.put(11, (byte) 1).array();
    }

    private static DnsQuery read(byte[] message) {
        return DnsQuery.read(message).orElseThrow();
    }

    @Test
    void a_question_is_read() {
        var query = read(query("Web.Example", DnsQuery.A));
        assertThat(query.name()).isEqualTo("web.example");
        assertThat(query.type()).isEqualTo(DnsQuery.A);
    }

    @Test
    void what_is_not_one_well_formed_question_is_none() {
        var good = query("web", DnsQuery.A);
        for (var length = 0; length < good.length; length++) {
            assertThat(DnsQuery.read(Arrays.copyOf(good, length)))
                    .as("%d bytes", length)
                    .isEmpty();
        }
        // an answer; an update; two questions; an answer in it; a compressed name; a label of 64
        for (var change : List.of(
                new int[] {2, 0x81},
                new int[] {2, 0x29},
                new int[] {5, 2},
                new int[] {7, 1},
                new int[] {12, 0xc0},
                new int[] {12, 0x40})) {
            var bad = good.clone();
            bad[change[0]] = (byte) change[1];
            assertThat(DnsQuery.read(bad)).as(Arrays.toString(change)).isEmpty();
        }
        assertThat(DnsQuery.read(query("a".repeat(63) + ("." + "b".repeat(63)).repeat(4), 1)))
                .isEmpty();
        assertThat(DnsQuery.read(query("a".repeat(63) + ("." + "b".repeat(63)).repeat(2), 1)))
                .isPresent();
    }

    @Test
    void any_bytes_are_survived() {
        var random = new Random(53);
        for (var round = 0; round < 20_000; round++) {
            var bytes = withPayload(query("web.example", DnsQuery.A), 4096);
            for (var changes = random.nextInt(1, 6); changes > 0; changes--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            var cut = Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
            DnsQuery.read(cut).ifPresent(query -> {
                assertThat(query.addresses(List.of(InetAddress.ofLiteral("10.4.0.2")), true))
                        .hasSizeGreaterThanOrEqualTo(12);
                assertThat(query.reversed()).isNotNull();
            });
            DnsQuery.refusal(cut).ifPresent(refusal -> assertThat(refusal).hasSize(12));
        }
    }

    @Test
    void addresses_of_the_asked_family_are_answered_with_authority() {
        var both = List.of(InetAddress.ofLiteral("10.4.0.2"), InetAddress.ofLiteral("fd00::2"));
        var four = read(query("web", DnsQuery.A)).addresses(both, true);
        assertThat(Arrays.copyOf(four, 12)).containsExactly(7, 8, 0x85, 0x80, 0, 1, 0, 1, 0, 0, 0, 0);
        assertThat(Arrays.copyOfRange(four, four.length - 4, four.length)).containsExactly(10, 4, 0, 2);
        var six = read(query("web", DnsQuery.AAAA)).addresses(both, true);
        assertThat(six[7]).isEqualTo((byte) 1);
        assertThat(six[six.length - 1]).isEqualTo((byte) 2);
        assertThat(read(query("web", DnsQuery.AAAA)).addresses(both.subList(0, 1), true)[7])
                .isEqualTo((byte) 0);
    }

    @Test
    void an_answer_is_cut_to_what_the_client_takes_and_says_so() {
        var many = java.util.stream.IntStream.range(1, 200)
                .mapToObj(number -> InetAddress.ofLiteral("10.4.0." + number))
                .toList();
        var plain = read(query("web", DnsQuery.A)).addresses(many, true);
        assertThat(plain).hasSizeLessThanOrEqualTo(512);
        assertThat(plain[2] & 2).isEqualTo(2);
        var larger = read(withPayload(query("web", DnsQuery.A), 9000)).addresses(many, true);
        assertThat(larger).hasSizeBetween(513, 1232);
        var stream = read(query("web", DnsQuery.A)).addresses(many, false);
        assertThat(stream[2] & 2).isZero();
        assertThat(stream).hasSizeGreaterThan(199 * 16);
    }

    @Test
    void reverse_names_are_addresses() {
        assertThat(read(query("2.0.4.10.in-addr.arpa", DnsQuery.PTR)).reversed())
                .contains(InetAddress.ofLiteral("10.4.0.2"));
        var six = "2" + ".0".repeat(29) + ".d.f.ip6.arpa";
        assertThat(read(query(six, DnsQuery.PTR)).reversed()).contains(InetAddress.ofLiteral("fd00::2"));
        assertThat(read(query("x.0.4.10.in-addr.arpa", DnsQuery.PTR)).reversed())
                .isEmpty();
        assertThat(read(query("web", DnsQuery.PTR)).reversed()).isEmpty();
    }

    @Test
    void only_an_answer_to_the_same_question_counts() {
        var query = read(query("example.com", DnsQuery.A));
        var answer = query.answer(DnsQuery.NO_ERROR);
        assertThat(query.isAnsweredBy(answer)).isTrue();
        for (var place : List.of(0, 1, 2, 13, answer.length - 3)) {
            var forged = answer.clone();
            forged[place] = (byte) (forged[place] ^ 0x91);
            assertThat(query.isAnsweredBy(forged)).as("byte %d", place).isFalse();
        }
        assertThat(query.isAnsweredBy(new byte[3])).isFalse();
    }
}
