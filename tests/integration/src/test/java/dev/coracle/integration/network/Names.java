package dev.coracle.integration.network;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A small DNS client, for the network namespace of the calling thread.
final class Names {
    private static final int PATIENCE_MILLIS = 30_000;
    private static final int HEADER = 12;

    /// What came: the response code, and the data of each record of the answer.
    record Answer(int code, List<String> data) {}

    private Names() {}

    static byte[] query(String name, int type) throws IOException {
        var bytes = new ByteArrayOutputStream();
        var out = new DataOutputStream(bytes);
        out.write(new byte[] {0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0});
        for (var label : name.split("\\.", -1)) {
            out.writeByte(label.length());
            out.writeBytes(label);
        }
        out.write(new byte[] {0, 0, (byte) type, 0, 1});
        return bytes.toByteArray();
    }

    static Answer ask(String server, String name, int type) throws IOException {
        var query = query(name, type);
        return read(exchange(server, query), query.length);
    }

    static byte[] exchange(String server, byte[] query) throws IOException {
        try (var socket = new DatagramSocket()) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.connect(new InetSocketAddress(InetAddress.ofLiteral(server), 53));
            socket.send(new DatagramPacket(query, query.length));
            var packet = new DatagramPacket(new byte[4096], 4096);
            socket.receive(packet);
            return Arrays.copyOf(packet.getData(), packet.getLength());
        }
    }

    static Answer askByStream(String server, String name, int type) throws IOException {
        var query = query(name, type);
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.ofLiteral(server), 53), PATIENCE_MILLIS);
            socket.setSoTimeout(PATIENCE_MILLIS);
            var out = new DataOutputStream(socket.getOutputStream());
            out.writeShort(query.length);
            out.write(query);
            var in = new DataInputStream(socket.getInputStream());
            var answer = new byte[in.readUnsignedShort()];
            in.readFully(answer);
            return read(answer, query.length);
        }
    }

    /// Our server's answers name their records by pointing at the question.
    private static Answer read(byte[] message, int question) {
        var in = ByteBuffer.wrap(message);
        var data = new ArrayList<String>();
        in.position(Math.min(message.length, question));
        for (var left = in.getShort(6); left > 0; left--) {
            in.position(in.position() + 2);
            var type = in.getShort();
            in.position(in.position() + 6);
            var bytes = new byte[in.getShort()];
            in.get(bytes);
            data.add(type == 12 ? name(bytes) : address(bytes));
        }
        return new Answer(message[3] & 0xf, List.copyOf(data));
    }

    private static String address(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes).getHostAddress();
        } catch (java.net.UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String name(byte[] bytes) {
        var labels = new ArrayList<String>();
        for (var at = 0; bytes[at] != 0; at += bytes[at] + 1) {
            labels.add(new String(bytes, at + 1, bytes[at], StandardCharsets.US_ASCII));
        }
        return String.join(".", labels);
    }

    /// A name server outside: it knows one answer to everything.
    static Thread serve(DatagramSocket socket, String address) {
        return Thread.ofPlatform().daemon().start(() -> {
            var packet = new DatagramPacket(new byte[4096], 4096);
            for (var ended = false; !ended; ) {
                try {
                    socket.receive(packet);
                    var query = Arrays.copyOf(packet.getData(), packet.getLength());
                    var answer = ByteBuffer.allocate(query.length + 16).put(query);
                    answer.put(2, (byte) 0x81).put(3, (byte) 0x80).putShort(6, (short) 1);
                    answer.put(new byte[] {(byte) 0xc0, HEADER, 0, 1, 0, 1, 0, 0, 0, 9, 0, 4});
                    answer.put(InetAddress.ofLiteral(address).getAddress());
                    socket.send(new DatagramPacket(answer.array(), answer.position(), packet.getSocketAddress()));
                } catch (IOException e) {
                    ended = socket.isClosed();
                }
            }
        });
    }
}
