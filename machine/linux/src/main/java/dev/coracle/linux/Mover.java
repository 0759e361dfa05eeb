package dev.coracle.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;

/// Moves bytes between non-blocking sockets and pipes, with memory that is set aside once: for a thread that does this
/// all day. Every method returns what the kernel does, a failure as the negated number of its [Errno]; nothing is
/// thrown. Not for use by two threads.
public final class Mover implements AutoCloseable {
    /// How much [#read] takes at once; also the longest datagram.
    public static final int BUFFER = 1 << 16;

    private static final int SPLICE = 0x1 | 0x2;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int ACCEPT = OpenFlag.CLOSE_ON_EXEC | 0x800;
    private static final int NAME = 0;
    private static final int NAME_LENGTH = 32;
    private static final int VECTOR = 40;
    private static final int MESSAGE = 56;
    private static final int CONTROL = 112;
    private static final int CONTROL_SIZE = 64;
    private static final int SCRATCH = CONTROL + CONTROL_SIZE;
    private static final int HEADER = 16;
    private static final int IP_PKTINFO = 8;
    private static final int IPV6_PKTINFO = 50;
    private static final int SOL_IPV6 = 41;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment errno = arena.allocate(8, 8);
    private final MemorySegment data = arena.allocate(BUFFER, 4096);
    private final MemorySegment scratch = arena.allocate(SCRATCH, 8);

    /// Takes a waiting connection; its peer is [#peer] afterwards.
    public long accept(Fd listener) {
        scratch.set(JAVA_INT, NAME_LENGTH, IpAddresses.MOST_BYTES);
        return call(
                Sys.ACCEPT4,
                listener.number(),
                scratch.address() + NAME,
                scratch.address() + NAME_LENGTH,
                ACCEPT,
                0,
                0);
    }

    /// Whom the last accepted connection or the last received datagram came from.
    public InetSocketAddress peer() {
        return IpAddresses.read(scratch);
    }

    /// Reads at most [#BUFFER] bytes, for [#write].
    public long read(Fd from) {
        return call(Sys.READ, from.number(), data.address(), BUFFER, 0, 0, 0);
    }

    /// Sends part of what was read to a socket.
    public long write(Fd to, long offset, long length) {
        return call(Sys.SENDTO, to.number(), data.address() + offset, length, MSG_NOSIGNAL, 0, 0);
    }

    /// Copies part of what was read, to be sent later by [#write(Fd,byte[],int)].
    public byte[] keep(long offset, long length) {
        return data.asSlice(offset, length).toArray(JAVA_BYTE);
    }

    /// Sends what was kept, from an offset on.
    public long write(Fd to, byte[] kept, int offset) {
        MemorySegment.copy(kept, offset, data, JAVA_BYTE, 0, kept.length - offset);
        return write(to, 0, kept.length - offset);
    }

    /// Moves bytes within the kernel; one of the two is a pipe.
    public long splice(Fd from, Fd to, long length) {
        return call(Sys.SPLICE, from.number(), 0, to.number(), 0, length, SPLICE);
    }

    /// Receives a datagram; [#peer], [#peerBytes] and [#replySource] belong to it.
    public long receive(Fd socket) {
        scratch.set(JAVA_LONG, VECTOR, data.address());
        scratch.set(JAVA_LONG, VECTOR + 8, BUFFER);
        message(IpAddresses.MOST_BYTES, CONTROL_SIZE);
        return call(Sys.RECVMSG, socket.number(), scratch.address() + MESSAGE, 0, 0, 0, 0);
    }

    /// The address of the last datagram's sender as the kernel writes it, for [#reply] and as a key.
    public byte[] peerBytes() {
        return scratch.asSlice(NAME, scratch.get(JAVA_INT, MESSAGE + 8L)).toArray(JAVA_BYTE);
    }

    /// Which of our addresses the last datagram was for, so that the answer comes from there; for [#reply].
    public byte[] replySource() {
        var length = Math.min(CONTROL_SIZE, scratch.get(JAVA_LONG, MESSAGE + 40L));
        if (length < HEADER) {
            return new byte[0];
        }
        var control = scratch.asSlice(CONTROL, length);
        var ipv4 = control.get(JAVA_INT, 8) == 0 && control.get(JAVA_INT, 12) == IP_PKTINFO;
        var ipv6 = control.get(JAVA_INT, 8) == SOL_IPV6 && control.get(JAVA_INT, 12) == IPV6_PKTINFO;
        if (ipv4) {
            // by whatever interface leads there
            control.set(JAVA_INT, HEADER, 0);
        } else if (ipv6 && control.get(JAVA_BYTE, HEADER) != (byte) 0xfe) {
            control.set(JAVA_INT, HEADER + 16L, 0);
        }
        return ipv4 || ipv6 ? control.toArray(JAVA_BYTE) : new byte[0];
    }

    /// Sends what was last read or received to an address.
    public long send(Fd socket, InetSocketAddress to, long length) {
        var size = IpAddresses.write(scratch, to, IpAddresses.isIpv6(to));
        return call(Sys.SENDTO, socket.number(), data.address(), length, MSG_NOSIGNAL, scratch.address() + NAME, size);
    }

    /// Sends what was last read or received to a peer, from the address it wrote to.
    public long reply(Fd socket, byte[] peer, byte[] source, long length) {
        MemorySegment.copy(peer, 0, scratch, JAVA_BYTE, NAME, peer.length);
        MemorySegment.copy(source, 0, scratch, JAVA_BYTE, CONTROL, source.length);
        scratch.set(JAVA_LONG, VECTOR, data.address());
        scratch.set(JAVA_LONG, VECTOR + 8, length);
        message(peer.length, source.length);
        return call(Sys.SENDMSG, socket.number(), scratch.address() + MESSAGE, MSG_NOSIGNAL, 0, 0, 0);
    }

    private void message(int nameLength, int controlLength) {
        scratch.set(JAVA_LONG, MESSAGE, scratch.address() + NAME);
        scratch.set(JAVA_INT, MESSAGE + 8L, nameLength);
        scratch.set(JAVA_LONG, MESSAGE + 16L, scratch.address() + VECTOR);
        scratch.set(JAVA_LONG, MESSAGE + 24L, 1);
        scratch.set(JAVA_LONG, MESSAGE + 32L, scratch.address() + CONTROL);
        scratch.set(JAVA_LONG, MESSAGE + 40L, controlLength);
        scratch.set(JAVA_INT, MESSAGE + 48L, 0);
    }

    private long call(Sys sys, long a, long b, long c, long d, long e, long f) {
        while (true) {
            var result = Native.hot(errno, sys, a, b, c, d, e, f);
            if (result != -Errno.EINTR.number()) {
                return result;
            }
        }
    }

    @Override
    public void close() {
        arena.close();
    }
}
