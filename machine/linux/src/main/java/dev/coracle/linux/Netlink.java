package dev.coracle.linux;

import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/// A netlink socket: requests, their acknowledgements, and lists. It belongs to the network namespace of the thread
/// that opened it, whichever thread uses it; one exchange at a time.
final class Netlink implements AutoCloseable {
    static final int ROUTE = 0;
    static final int NETFILTER = 12;
    static final int REQUEST = 1;
    static final int ACK = 4;
    static final int CREATE = 0x400;
    static final int EXCLUSIVE = 0x200;
    static final int DUMP = 0x300;

    private static final int AF_NETLINK = 16;
    private static final int SOCK_RAW = 3;
    private static final int SOL_SOCKET = 1;
    private static final int SO_RCVTIMEO = 20;
    private static final int NLMSG_ERROR = 2;
    private static final int NLMSG_DONE = 3;
    private static final int HEADER = 16;
    private static final int LARGEST = 1 << 16;
    // the kernel answers at once; this only bounds a wait that would be a bug of one of us
    private static final int PATIENCE_SECONDS = 10;

    private final Fd socket;
    private int sequence;

    private Netlink(Fd socket) {
        this.socket = socket;
    }

    static Netlink open(int protocol) throws ErrnoException {
        var socket =
                Fd.adopt(Native.call(Sys.SOCKET, "netlink", AF_NETLINK, SOCK_RAW | OpenFlag.CLOSE_ON_EXEC, protocol));
        try (var arena = Arena.ofConfined()) {
            var patience = arena.allocate(16, 8);
            NativeData.setLong(patience, 0, PATIENCE_SECONDS);
            Native.call(Sys.SETSOCKOPT, socket, socket.number(), SOL_SOCKET, SO_RCVTIMEO, patience.address(), 16);
            return new Netlink(socket);
        } catch (ErrnoException failure) {
            socket.close();
            throw failure;
        }
    }

    /// Sends one request and returns what came before its acknowledgement.
    ///
    /// @param what for the failure's message: what was asked
    synchronized List<ByteBuffer> exchange(NetlinkMessage request, String what) throws ErrnoException {
        request.number(++sequence);
        send(request);
        return answers(what);
    }

    /// Sends several requests, with a begin and an end, of which all take effect or none.
    synchronized void batch(NetlinkMessage requests, String what) throws ErrnoException {
        // older kernels do not acknowledge the end, and acknowledging all would overflow the socket's buffer
        requests.acknowledgeLastButOne();
        requests.numberAll(sequence + requests.count());
        sequence += requests.count() - 1;
        send(requests);
        try {
            answers(what);
        } finally {
            sequence++;
        }
    }

    private void send(NetlinkMessage requests) throws ErrnoException {
        socket.write(requests.bytes());
    }

    private List<ByteBuffer> answers(String what) throws ErrnoException {
        var answers = new ArrayList<ByteBuffer>();
        var failure = 0;
        while (true) {
            for (var part : receive(what)) {
                var number = part.getInt(8);
                switch (Short.toUnsignedInt(part.getShort(4))) {
                    case NLMSG_ERROR -> {
                        failure = failure == 0 ? -part.getInt(HEADER) : failure;
                        if (number == sequence) {
                            if (failure != 0) {
                                throw new ErrnoException(failure, "netlink", what);
                            }
                            return answers;
                        }
                    }
                    case NLMSG_DONE -> {
                        if (number == sequence) {
                            return answers;
                        }
                    }
                    default -> {
                        if (number == sequence) {
                            answers.add(part);
                        }
                    }
                }
            }
        }
    }

    private List<ByteBuffer> receive(String what) throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            var buffer = Native.room(arena, LARGEST);
            var length = Native.call(Sys.READ, what, socket.number(), buffer.address(), buffer.byteSize());
            var bytes = new byte[Math.toIntExact(length)];
            NativeData.read(buffer, 0, bytes, 0, bytes.length);
            return split(ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()));
        }
    }

    private static List<ByteBuffer> split(ByteBuffer all) {
        var parts = new ArrayList<ByteBuffer>();
        for (var at = 0; at + HEADER <= all.limit(); ) {
            var length = all.getInt(at);
            if (length < HEADER || at + length > all.limit()) {
                throw new IllegalStateException("netlink message of " + length + " bytes in " + all);
            }
            parts.add(all.slice(at, length).order(ByteOrder.nativeOrder()));
            at += (length + 3) & ~3;
        }
        return parts;
    }

    @Override
    public void close() {
        socket.close();
    }
}
