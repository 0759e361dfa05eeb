package dev.coracle.integration.rootlesskit;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;

/// Stands in for VPNKit and for gvproxy, which Debian does not have: speaks their protocols, and answers ARP, DHCP and
/// echo requests from the other end of the wire. What it was started with, and what it was asked, goes to a file.
final class FrameGateway {
    private static final byte[] OURS = {0x5a, (byte) 0x94, (byte) 0xef, (byte) 0xe4, 0x0c, (byte) 0xdd};
    private static final byte[] THEIRS = {0x02, 0x50, 0, 0, 0, 0x01};
    private static final int ADDRESS = 0xc0a84103;
    private static final int GATEWAY = 0xc0a84101;

    private final InputStream in;
    private final OutputStream out;

    private FrameGateway(InputStream in, OutputStream out) {
        this.in = in;
        this.out = out;
    }

    /// @param words the file for notes, then the words of the program this stands in for
    public static void main(String[] words) throws IOException {
        var notes = Path.of(words[0]);
        note(notes, String.join(" ", List.of(words).subList(1, words.length)));
        if (words[1].equals("--ethernet")) {
            vpnkit(Path.of(words[2]));
        } else {
            note(notes, Files.readString(Path.of(words[2])));
            Thread.ofPlatform().daemon().start(() -> services(notes, Path.of(words[6].substring("unix://".length()))));
            new FrameGateway(System.in, System.out).serve();
        }
    }

    private static void note(Path notes, String line) throws IOException {
        Files.writeString(notes, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private static void vpnkit(Path socket) throws IOException {
        try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket));
            try (var client = server.accept()) {
                var in = Channels.newInputStream(client);
                var out = Channels.newOutputStream(client);
                var version = in.readNBytes(49);
                out.write(version);
                var request = in.readNBytes(41);
                if (version[0] != 'V' || request[0] != 1 || request[37] != 0) {
                    throw new IOException("not a greeting");
                }
                var answer = ByteBuffer.allocate(258).order(ByteOrder.LITTLE_ENDIAN);
                answer.put((byte) 1)
                        .putShort((short) 1500)
                        .putShort((short) 1514)
                        .put(THEIRS);
                out.write(answer.array());
                new FrameGateway(in, out).serve();
            }
        }
    }

    /// Takes requests to forward ports: one is refused, by its number.
    private static void services(Path notes, Path socket) {
        try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket));
            while (true) {
                try (var client = server.accept()) {
                    var in = Channels.newInputStream(client);
                    var request = new String(in.readNBytes(1), StandardCharsets.UTF_8);
                    while (!request.endsWith("}")) {
                        request += new String(in.readNBytes(1), StandardCharsets.UTF_8);
                    }
                    note(
                            notes,
                            request.lines().findFirst().orElseThrow() + " "
                                    + request.lines()
                                            .reduce((first, second) -> second)
                                            .orElseThrow());
                    var answer =
                            request.contains(":9\"") ? "500 Error\r\n\r\nproxy already running\n" : "200 OK\r\n\r\n";
                    Channels.newOutputStream(client).write(("HTTP/1.0 " + answer).getBytes(StandardCharsets.UTF_8));
                }
            }
        } catch (IOException failure) {
            throw new java.io.UncheckedIOException(failure);
        }
    }

    private void serve() throws IOException {
        var frames = new DataInputStream(in);
        while (true) {
            byte[] frame;
            try {
                frame = new byte[Short.toUnsignedInt(Short.reverseBytes(frames.readShort()))];
                frames.readFully(frame);
            } catch (EOFException end) {
                return;
            }
            var type = Short.toUnsignedInt(ByteBuffer.wrap(frame).getShort(12));
            if (type == 0x0806) {
                answer(arp(frame));
            } else if (type == 0x0800 && frame[23] == 1) {
                answer(echo(frame));
            } else if (type == 0x0800
                    && frame[23] == 17
                    && ByteBuffer.wrap(frame).getShort(36) == 67) {
                answer(dhcp(frame));
            }
        }
    }

    private void answer(byte[] frame) throws IOException {
        var packet = ByteBuffer.allocate(2 + frame.length).order(ByteOrder.LITTLE_ENDIAN);
        out.write(packet.putShort((short) frame.length).put(frame).array());
        out.flush();
    }

    private static byte[] arp(byte[] question) {
        var answer = question.clone();
        System.arraycopy(question, 6, answer, 0, 6);
        System.arraycopy(OURS, 0, answer, 6, 6);
        answer[21] = 2;
        System.arraycopy(OURS, 0, answer, 22, 6);
        System.arraycopy(question, 38, answer, 28, 4);
        System.arraycopy(question, 22, answer, 32, 10);
        return answer;
    }

    private static byte[] echo(byte[] question) {
        var answer = question.clone();
        System.arraycopy(question, 6, answer, 0, 6);
        System.arraycopy(OURS, 0, answer, 6, 6);
        System.arraycopy(question, 30, answer, 26, 4);
        System.arraycopy(question, 26, answer, 30, 4);
        answer[34] = 0;
        answer[36] = 0;
        answer[37] = 0;
        ByteBuffer.wrap(answer).putShort(36, checksum(answer, 34, answer.length));
        return answer;
    }

    private static short checksum(byte[] bytes, int from, int to) {
        var sum = 0;
        for (var at = from; at < to; at++) {
            sum += (bytes[at] & 0xff) << ((at - from) % 2 == 0 ? 8 : 0);
        }
        sum = (sum & 0xffff) + (sum >>> 16);
        return (short) ~(sum + (sum >>> 16));
    }

    /// An offer for a discovery, an acknowledgement for a request.
    private static byte[] dhcp(byte[] question) {
        var answer = ByteBuffer.wrap(Arrays.copyOf(question, 42 + 300));
        answer.put(0, question, 6, 6).put(6, OURS);
        answer.putShort(16, (short) (20 + 8 + 300))
                .putInt(26, GATEWAY)
                .putInt(30, -1)
                .putShort(24, (short) 0);
        answer.putShort(24, checksum(answer.array(), 14, 34));
        answer.putShort(34, (short) 67)
                .putShort(36, (short) 68)
                .putShort(38, (short) (8 + 300))
                .putShort(40, (short) 0);
        answer.put(42, (byte) 2).putInt(42 + 16, ADDRESS);
        var isDiscovery = question[42 + 242] == 1;
        answer.position(42 + 240)
                .put(new byte[] {53, 1, (byte) (isDiscovery ? 2 : 5)})
                .put(new byte[] {54, 4})
                .putInt(GATEWAY)
                .put(new byte[] {1, 4})
                .putInt(-256)
                .put(new byte[] {3, 4})
                .putInt(GATEWAY)
                .put(new byte[] {6, 4})
                .putInt(GATEWAY)
                .put(new byte[] {51, 4})
                .putInt(3600)
                .put((byte) 255);
        return answer.array();
    }
}
