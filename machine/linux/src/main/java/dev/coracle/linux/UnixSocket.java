package dev.coracle.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// Unix sockets beyond what the JDK has: all three types, descriptors in messages, the peer's identity, and paths
/// longer
/// than an address can hold (they are reached through the directory's descriptor).
public final class UnixSocket {
    /// How a socket delimits what is sent.
    public enum Type {
        STREAM(1),
        DATAGRAM(2),
        SEQUENCED_PACKET(5);

        private final int number;

        Type(int number) {
            this.number = number;
        }
    }

    private static final int AF_UNIX = 1;
    private static final int SOL_SOCKET = 1;
    private static final int SCM_RIGHTS = 1;
    private static final int SO_PEERCRED = 17;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int MSG_CMSG_CLOEXEC = 0x40000000;
    private static final int MSG_CTRUNC = 0x8;
    private static final int LONGEST_PATH = 107;
    private static final int HEADER = 16;
    private static final int MOST_DESCRIPTORS = 253;

    private UnixSocket() {}

    public static Fd connect(Path path, Type type) throws ErrnoException {
        return withAddress(Sys.CONNECT, path, type);
    }

    /// Makes a listening socket. The path must not exist; who may connect is the file's mode.
    public static Fd listen(Path path, Type type, int backlog) throws ErrnoException {
        var socket = withAddress(Sys.BIND, path, type);
        try {
            if (type != Type.DATAGRAM) {
                Native.call(Sys.LISTEN, path, socket.number(), backlog);
            }
            return socket;
        } catch (ErrnoException failure) {
            socket.close();
            throw failure;
        }
    }

    private static Fd withAddress(Sys sys, Path path, Type type) throws ErrnoException {
        var socket = Fd.adopt(Native.call(Sys.SOCKET, path, AF_UNIX, type.number | OpenFlag.CLOSE_ON_EXEC, 0));
        try (var arena = Arena.ofConfined()) {
            var bytes = FileName.of(path).bytes();
            if (bytes.length <= LONGEST_PATH) {
                address(sys, socket, path, bytes, arena);
            } else {
                throughDirectory(sys, socket, path.toAbsolutePath(), arena);
            }
            return socket;
        } catch (ErrnoException | RuntimeException failure) {
            socket.close();
            throw failure;
        }
    }

    private static void throughDirectory(Sys sys, Fd socket, Path path, Arena arena) throws ErrnoException {
        var parent = Objects.requireNonNull(path.getParent(), "a socket's path has a parent");
        try (var directory = Fd.open(parent, java.util.Set.of(OpenFlag.PATH_ONLY, OpenFlag.DIRECTORY), 0)) {
            var near = FileName.of(directory.procPath()).resolve(FileName.of(path.getFileName()));
            if (near.bytes().length > LONGEST_PATH) {
                throw new ErrnoException(Errno.ENAMETOOLONG, sys.call(), path.toString());
            }
            address(sys, socket, path, near.bytes(), arena);
        }
    }

    private static void address(Sys sys, Fd socket, Path path, byte[] bytes, Arena arena) throws ErrnoException {
        var address = arena.allocate(110, 8);
        NativeData.setShort(address, 0, (short) AF_UNIX);
        NativeData.write(address, 2, bytes, 0, bytes.length);
        Native.call(sys, path, socket.number(), address.address(), bytes.length + 3L);
    }

    public static Fd accept(Fd listening) throws ErrnoException {
        return Fd.adopt(Native.call(Sys.ACCEPT4, listening, listening.number(), 0, 0, OpenFlag.CLOSE_ON_EXEC));
    }

    /// Two connected sockets.
    public record Pair(Fd one, Fd other) implements AutoCloseable {
        @Override
        public void close() {
            one.close();
            other.close();
        }
    }

    public static Pair pair(Type type) throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            var fds = arena.allocate(8, 8);
            Native.call(Sys.SOCKETPAIR, "", AF_UNIX, type.number | OpenFlag.CLOSE_ON_EXEC, 0, fds.address());
            return new Pair(Fd.adopt(NativeData.getInt(fds, 0)), Fd.adopt(NativeData.getInt(fds, 4)));
        }
    }

    /// Ends one direction: the peer reads to the end.
    public static void shutdownWrite(Fd socket) throws ErrnoException {
        Native.call(Sys.SHUTDOWN, socket, socket.number(), 1);
    }

    /// Ends the other direction: whatever the peer sends from now on fails there.
    public static void shutdownRead(Fd socket) throws ErrnoException {
        Native.call(Sys.SHUTDOWN, socket, socket.number(), 0);
    }

    /// Who is at the other end; the ids as this process's user namespace sees them.
    public record Peer(long pid, long uid, long gid) {}

    public static Peer peer(Fd socket) throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            var buffer = arena.allocate(16, 8);
            NativeData.setInt(buffer, 12, 12);
            Native.call(
                    Sys.GETSOCKOPT,
                    socket,
                    socket.number(),
                    SOL_SOCKET,
                    SO_PEERCRED,
                    buffer.address(),
                    buffer.address() + 12);
            return new Peer(
                    NativeData.getInt(buffer, 0),
                    Integer.toUnsignedLong(NativeData.getInt(buffer, 4)),
                    Integer.toUnsignedLong(NativeData.getInt(buffer, 8)));
        }
    }

    /// Sends bytes, at least one, together with copies of descriptors. A closed peer is EPIPE, not a signal.
    ///
    /// @return how many bytes were taken; the descriptors go with the first
    public static int send(Fd socket, byte[] data, List<Fd> fds) throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            var message = message(arena, Native.bytes(arena, data), data.length, 4 * fds.size());
            if (fds.isEmpty()) {
                NativeData.setLong(message, 40, 0);
            } else {
                var control = control(message);
                NativeData.setLong(control, 0, HEADER + 4L * fds.size());
                NativeData.setInt(control, 8, SOL_SOCKET);
                NativeData.setInt(control, 12, SCM_RIGHTS);
                for (var i = 0; i < fds.size(); i++) {
                    NativeData.setInt(control, HEADER + 4L * i, fds.get(i).number());
                }
            }
            return (int) Native.call(Sys.SENDMSG, socket, socket.number(), message.address(), MSG_NOSIGNAL);
        }
    }

    /// What came in one message. The descriptors are the receiver's to close.
    ///
    /// @param isEnd whether the peer has closed
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody, copied for nothing
    public record Received(byte[] data, List<Fd> fds, boolean isEnd) {
        public Received {
            fds = List.copyOf(fds);
        }

        /// The single descriptor of a message that should hold one; any others are closed.
        public Optional<Fd> fd() {
            fds.stream().skip(1).forEach(Fd::close);
            return fds.stream().findFirst();
        }
    }

    public static Received receive(Fd socket, int mostBytes) throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            var data = Native.room(arena, mostBytes);
            var message = message(arena, data, mostBytes, 4 * MOST_DESCRIPTORS);
            var count = Native.call(Sys.RECVMSG, socket, socket.number(), message.address(), MSG_CMSG_CLOEXEC);
            var fds = descriptors(message);
            if ((NativeData.getInt(message, 48) & MSG_CTRUNC) != 0) {
                fds.forEach(Fd::close);
                throw new ErrnoException(Errno.EMFILE, "recvmsg", socket.toString());
            }
            return new Received(NativeData.bytes(data, 0, count), fds, count == 0);
        }
    }

    private static List<Fd> descriptors(MemorySegment message) {
        var fds = new ArrayList<Fd>();
        var length = NativeData.getLong(message, 40);
        var control = control(message);
        for (var at = 0L; at + HEADER <= length; ) {
            var size = NativeData.getLong(control, at);
            if (size < HEADER) {
                break;
            }
            if (NativeData.getInt(control, at + 8) == SOL_SOCKET && NativeData.getInt(control, at + 12) == SCM_RIGHTS) {
                for (var fd = at + HEADER; fd + 4 <= at + size; fd += 4) {
                    fds.add(Fd.adopt(NativeData.getInt(control, fd)));
                }
            }
            at += (size + 7) & ~7L;
        }
        return fds;
    }

    private static final int MESSAGE = 56;
    private static final int VECTOR = 16;

    /// A msghdr, its one iovec and the room for control data, one behind the other.
    private static MemorySegment message(Arena arena, MemorySegment data, int length, int controlBytes) {
        var room = HEADER + ((controlBytes + 7) & ~7);
        var all = arena.allocate(MESSAGE + VECTOR + (long) room, 8);
        NativeData.setLong(all, MESSAGE, data.address());
        NativeData.setLong(all, MESSAGE + 8L, length);
        NativeData.setLong(all, 16, all.address() + MESSAGE);
        NativeData.setLong(all, 24, 1);
        NativeData.setLong(all, 32, all.address() + MESSAGE + VECTOR);
        NativeData.setLong(all, 40, room);
        return all;
    }

    private static MemorySegment control(MemorySegment message) {
        return message.asSlice(MESSAGE + VECTOR);
    }
}
