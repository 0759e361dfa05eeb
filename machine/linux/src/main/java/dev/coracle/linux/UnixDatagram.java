package dev.coracle.linux;

import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// Datagrams to unix sockets, which the JDK does not have. systemd's notifications are such.
public final class UnixDatagram {
    private static final int AF_UNIX = 1;
    private static final int SOCK_DGRAM = 2;
    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int LONGEST_PATH = 107;

    private UnixDatagram() {}

    /// Sends one datagram. An address that begins with `@` is an abstract one.
    ///
    /// @throws ErrnoException when nobody listens there
    public static void send(String address, String message) throws ErrnoException {
        var name = address.getBytes(StandardCharsets.UTF_8);
        if (name.length == 0 || name.length > LONGEST_PATH) {
            throw new ErrnoException(Errno.ENAMETOOLONG.number(), "sendto", address);
        }
        if (name[0] == '@') {
            name[0] = 0;
        }
        // A path ends by its zero byte, an abstract name by the length of the address.
        var size = 2 + name.length + (name[0] == 0 ? 0 : 1);
        var target = ByteBuffer.allocate(size)
                .order(ByteOrder.nativeOrder())
                .putShort((short) AF_UNIX)
                .put(name)
                .array();
        var socket = (int) Native.call(Sys.SOCKET, address, AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        try (var arena = Arena.ofConfined()) {
            var bytes = message.getBytes(StandardCharsets.UTF_8);
            Native.call(
                    Sys.SENDTO,
                    address,
                    socket,
                    Native.bytes(arena, bytes).address(),
                    bytes.length,
                    MSG_NOSIGNAL,
                    Native.bytes(arena, target).address(),
                    size);
        } finally {
            Native.raw(Sys.CLOSE, socket);
        }
    }
}
