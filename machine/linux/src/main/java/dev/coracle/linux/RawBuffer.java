package dev.coracle.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;

/// Memory that is set aside once, for a thread that reads into it and writes from it all day. Reads and writes return
/// what the kernel does, a failure as the negated number of its [Errno]. Not for use by two threads.
public final class RawBuffer implements AutoCloseable {
    private final Arena arena = Arena.ofShared();
    private final MemorySegment errno = arena.allocate(8, 8);
    private final MemorySegment data;

    public RawBuffer(int size) {
        data = arena.allocate(size, 4096);
    }

    public int size() {
        return (int) data.byteSize();
    }

    /// Reads once, to a place of the buffer.
    public long read(Fd from, int offset, int length) {
        var place = data.asSlice(offset, length);
        return retried(Sys.READ, from, place);
    }

    /// Writes once, from a place of the buffer.
    public long write(Fd to, int offset, int length) {
        var place = data.asSlice(offset, length);
        return retried(Sys.WRITE, to, place);
    }

    private long retried(Sys sys, Fd fd, MemorySegment place) {
        while (true) {
            var result = Native.hot(errno, sys, fd.number(), place.address(), place.byteSize(), 0, 0, 0);
            if (result != -Errno.EINTR.number()) {
                return result;
            }
        }
    }

    public int byteAt(int offset) {
        return Byte.toUnsignedInt(data.get(JAVA_BYTE, offset));
    }

    /// Two bytes, as the caller says their order is.
    public int shortAt(int offset, ByteOrder order) {
        return Short.toUnsignedInt(data.get(JAVA_SHORT_UNALIGNED.withOrder(order), offset));
    }

    public void setShort(int offset, ByteOrder order, int value) {
        data.set(JAVA_SHORT_UNALIGNED.withOrder(order), offset, (short) value);
    }

    /// Moves bytes to the front.
    public void moveToFront(int offset, int length) {
        MemorySegment.copy(data, offset, data, 0, length);
    }

    @Override
    public void close() {
        arena.close();
    }
}
