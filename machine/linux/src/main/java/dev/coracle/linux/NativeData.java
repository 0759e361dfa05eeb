package dev.coracle.linux;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Numbers and bytes in native memory. The accessors of a segment are put together from method handles when they are
/// first used, which costs every start of a program several milliseconds; these go through buffers, which cost none.
final class NativeData {
    private NativeData() {}

    static byte getByte(MemorySegment memory, long offset) {
        return in(memory).get((int) offset);
    }

    static short getShort(MemorySegment memory, long offset) {
        return in(memory).getShort((int) offset);
    }

    static int getInt(MemorySegment memory, long offset) {
        return in(memory).getInt((int) offset);
    }

    static long getLong(MemorySegment memory, long offset) {
        return in(memory).getLong((int) offset);
    }

    static void setShort(MemorySegment memory, long offset, short value) {
        in(memory).putShort((int) offset, value);
    }

    static void setInt(MemorySegment memory, long offset, int value) {
        in(memory).putInt((int) offset, value);
    }

    static void setLong(MemorySegment memory, long offset, long value) {
        in(memory).putLong((int) offset, value);
    }

    /// The bytes from an offset on.
    static byte[] bytes(MemorySegment memory, long offset, long length) {
        var bytes = new byte[Math.toIntExact(length)];
        read(memory, offset, bytes, 0, bytes.length);
        return bytes;
    }

    static void read(MemorySegment memory, long offset, byte[] into, int from, int length) {
        memory.asByteBuffer().get((int) offset, into, from, length);
    }

    static void write(MemorySegment memory, long offset, byte[] bytes, int from, int length) {
        memory.asByteBuffer().put((int) offset, bytes, from, length);
    }

    /// A text that ends with a zero byte, without it.
    static byte[] terminated(MemorySegment memory, long from) {
        var buffer = memory.asByteBuffer();
        var end = (int) from;
        while (buffer.get(end) != 0) {
            end++;
        }
        return bytes(memory, from, end - from);
    }

    private static ByteBuffer in(MemorySegment memory) {
        return memory.asByteBuffer().order(ByteOrder.nativeOrder());
    }
}
