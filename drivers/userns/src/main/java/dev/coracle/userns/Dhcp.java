package dev.coracle.userns;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// Asks a network for an address (RFC 2131), in frames: the device has none yet by which a socket could speak. What is
/// not an answer to the question at hand is passed over.
final class Dhcp {
    /// What the network has given.
    ///
    /// @param lasts how long, from the answer on
    record Lease(
            InetAddress address, int prefix, Optional<InetAddress> gateway, List<InetAddress> dns, Duration lasts) {
        Lease {
            dns = List.copyOf(dns);
        }
    }

    private static final int DISCOVER = 1;
    private static final int OFFER = 2;
    private static final int REQUEST = 3;
    private static final int ACK = 5;
    private static final int NAK = 6;
    private static final int SUBNET_MASK = 1;
    private static final int ROUTER = 3;
    private static final int DNS = 6;
    private static final int WANTED_ADDRESS = 50;
    private static final int LEASE_TIME = 51;
    private static final int MESSAGE_TYPE = 53;
    private static final int SERVER = 54;
    private static final int WANTED_OPTIONS = 55;
    private static final int END = 255;
    private static final int COOKIE = 0x63825363;
    private static final int ETHERNET = 14;
    private static final int IP = 20;
    private static final int UDP = 8;
    // from the start of the message to the cookie, and with it
    private static final int FIXED = 236;
    private static final int HEAD = FIXED + 4;
    private static final int SERVER_PORT = 67;
    private static final int CLIENT_PORT = 68;
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final Frames frames;
    private final byte[] hardware;
    private final RandomGenerator random;

    /// @param hardware the address of the device, six bytes
    Dhcp(Frames frames, byte[] hardware, RandomGenerator random) {
        if (hardware.length != 6) {
            throw new IllegalArgumentException("not an Ethernet address: " + Arrays.toString(hardware));
        }
        this.frames = frames;
        this.hardware = hardware.clone();
        this.random = random;
    }

    /// Asks whoever answers for an address, and takes it.
    Lease obtain() throws IOException {
        var number = random.nextInt();
        var offer = answer(number, question(number, DISCOVER, List.of()), OFFER);
        return take(number, offer);
    }

    /// Asks whether an address that was given may be kept. Whoever refuses gives none: that is a failure.
    Lease renew(Lease lease) throws IOException {
        var number = random.nextInt();
        var wanted = new Field(WANTED_ADDRESS, lease.address.getAddress());
        return lease(answer(number, question(number, REQUEST, List.of(wanted)), ACK));
    }

    private Lease take(int number, Message offer) throws IOException {
        var fields = new ArrayList<Field>();
        fields.add(new Field(WANTED_ADDRESS, offer.address().getAddress()));
        offer.field(SERVER, 4).ifPresent(server -> fields.add(new Field(SERVER, server)));
        return lease(answer(number, question(number, REQUEST, fields), ACK));
    }

    private static Lease lease(Message ack) throws IOException {
        var mask = ack.field(SUBNET_MASK, 4).map(bytes -> ByteBuffer.wrap(bytes).getInt());
        var prefix = mask.map(Integer::bitCount).orElse(24);
        if (mask.isPresent() && mask.get() != (prefix == 0 ? 0 : -1 << (32 - prefix))) {
            throw new IOException("ask for an address: the subnet mask has holes");
        }
        var seconds = ack.field(LEASE_TIME, 4)
                .map(bytes -> Integer.toUnsignedLong(ByteBuffer.wrap(bytes).getInt()))
                .orElse(3600L);
        var routers = ack.addresses(ROUTER);
        return new Lease(
                ack.address(), prefix, routers.stream().findFirst(), ack.addresses(DNS), Duration.ofSeconds(seconds));
    }

    /// An option of a message.
    private record Field(int code, List<Byte> bytes) {
        Field(int code, byte[] bytes) {
            var list = new ArrayList<Byte>();
            for (var value : bytes) {
                list.add(value);
            }
            this(code, List.copyOf(list));
        }
    }

    /// Sends a question, again and again at growing intervals, until it is answered.
    private Message answer(int number, byte[] question, int type) throws IOException {
        var deadline = System.nanoTime() + LIMIT.toNanos();
        for (var pause = FIRST_PAUSE; System.nanoTime() < deadline; pause = pause.multipliedBy(2)) {
            frames.send(question);
            var next = Math.min(deadline, System.nanoTime() + pause.toNanos());
            while (System.nanoTime() < next) {
                var frame = frames.receive(Duration.ofNanos(Math.max(0, next - System.nanoTime())));
                var message = frame.flatMap(bytes -> Message.find(bytes, number, hardware));
                if (message.isPresent() && message.get().type() == NAK && type == ACK) {
                    throw new IOException("ask for an address: the network refuses it");
                }
                if (message.isPresent() && message.get().type() == type) {
                    return message.get();
                }
            }
        }
        throw new IOException("ask for an address: nobody answered within " + LIMIT.toSeconds() + " s");
    }

    private byte[] question(int number, int type, List<Field> fields) {
        var options = ByteBuffer.allocate(64);
        options.put((byte) MESSAGE_TYPE).put((byte) 1).put((byte) type);
        for (var field : fields) {
            options.put((byte) field.code).put((byte) field.bytes.size());
            field.bytes.forEach(options::put);
        }
        options.put((byte) WANTED_OPTIONS).put((byte) 4);
        options.put((byte) SUBNET_MASK).put((byte) ROUTER).put((byte) DNS).put((byte) LEASE_TIME);
        options.put((byte) END);
        var message = ByteBuffer.allocate(HEAD + 64);
        // a question, Ethernet, six bytes of address; the answer to everybody, as we have no address yet
        message.put((byte) 1).put((byte) 1).put((byte) 6).put((byte) 0).putInt(number);
        message.putShort((short) 0).putShort((short) 0x8000);
        message.position(28).put(hardware).position(FIXED).putInt(COOKIE).put(options.flip());
        return broadcast(message.array());
    }

    private byte[] broadcast(byte[] message) {
        var frame = ByteBuffer.allocate(ETHERNET + IP + UDP + message.length);
        for (var i = 0; i < 6; i++) {
            frame.put((byte) 0xff);
        }
        frame.put(hardware).putShort((short) 0x0800);
        frame.put((byte) 0x45).put((byte) 0).putShort((short) (IP + UDP + message.length));
        frame.putInt(0).put((byte) 64).put((byte) 17).putShort((short) 0);
        frame.putInt(0).putInt(-1);
        frame.putShort(ETHERNET + 10, checksum(frame));
        // no sum over the message: over IPv4 that is allowed
        frame.putShort((short) CLIENT_PORT).putShort((short) SERVER_PORT);
        frame.putShort((short) (UDP + message.length)).putShort((short) 0).put(message);
        return frame.array();
    }

    private static short checksum(ByteBuffer frame) {
        var sum = 0;
        for (var at = ETHERNET; at < ETHERNET + IP; at += 2) {
            sum += Short.toUnsignedInt(frame.getShort(at));
        }
        sum = (sum & 0xffff) + (sum >>> 16);
        return (short) ~(sum + (sum >>> 16));
    }

    /// An answer, by the bytes from its beginning on.
    private record Message(ByteBuffer bytes) {
        /// The answer in a frame, if there is one to this question of ours.
        static Optional<Message> find(byte[] frame, int number, byte[] hardware) {
            var all = ByteBuffer.wrap(frame);
            if (frame.length < ETHERNET + IP + UDP + HEAD || all.getShort(12) != 0x0800) {
                return Optional.empty();
            }
            var header = (all.get(ETHERNET) & 0xf) * 4;
            var start = ETHERNET + header + UDP;
            if (all.get(ETHERNET) >> 4 != 4
                    || header < IP
                    || all.get(ETHERNET + 9) != 17
                    || frame.length < start + HEAD
                    || all.getShort(start - UDP) != SERVER_PORT
                    || all.getShort(start - UDP + 2) != CLIENT_PORT) {
                return Optional.empty();
            }
            var message = all.slice(start, frame.length - start);
            var ours = message.get(0) == 2
                    && message.getInt(4) == number
                    && message.getInt(FIXED) == COOKIE
                    && message.slice(28, 6).equals(ByteBuffer.wrap(hardware));
            return ours ? Optional.of(new Message(message)) : Optional.empty();
        }

        int type() {
            return field(MESSAGE_TYPE, 1).map(value -> (int) value[0]).orElse(0);
        }

        InetAddress address() throws IOException {
            return InetAddress.getByAddress(Arrays.copyOfRange(whole(), 16, 20));
        }

        private byte[] whole() {
            var copy = new byte[bytes.limit()];
            bytes.get(0, copy);
            return copy;
        }

        /// An option of exactly this length.
        Optional<byte[]> field(int code, int length) {
            return field(code).filter(value -> value.length == length);
        }

        List<InetAddress> addresses(int code) throws IOException {
            var value = field(code).orElse(new byte[0]);
            var addresses = new ArrayList<InetAddress>();
            for (var at = 0; at + 4 <= value.length; at += 4) {
                addresses.add(InetAddress.getByAddress(Arrays.copyOfRange(value, at, at + 4)));
            }
            return addresses;
        }

        private Optional<byte[]> field(int code) {
            for (var at = HEAD; at < bytes.limit() && Byte.toUnsignedInt(bytes.get(at)) != END; ) {
                if (bytes.get(at) == 0) {
                    at++;
                    continue;
                }
                if (at + 1 >= bytes.limit()) {
                    break;
                }
                var length = Byte.toUnsignedInt(bytes.get(at + 1));
                if (at + 2 + length > bytes.limit()) {
                    break;
                }
                if (Byte.toUnsignedInt(bytes.get(at)) == code) {
                    var value = new byte[length];
                    bytes.get(at + 2, value);
                    return Optional.of(value);
                }
                at += 2 + length;
            }
            return Optional.empty();
        }
    }
}
