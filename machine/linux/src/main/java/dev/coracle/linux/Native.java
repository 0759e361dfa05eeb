package dev.coracle.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// The one way out of the JVM: a single linked shape, seven longs in and one long out, serves every call.
///
/// Linking a shape costs milliseconds and the launcher counts them, so system calls go through libc's `syscall`, and
/// the
/// few library functions (posix_spawn and its helpers) are called through the same shape: on both machines integers and
/// pointers travel in registers, and a callee ignores those it does not take.
@SuppressWarnings("restricted")
final class Native {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final MethodHandle SHAPE = LINKER.downcallHandle(
            FunctionDescriptor.of(
                    JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
            Linker.Option.captureCallState("errno"));
    private static final MemorySegment SYSCALL = function("syscall");
    private static final long SMALL = 256;

    private Native() {}

    /// Makes a system call, again while a signal interrupts it.
    static long call(Sys sys, Object what, long... arguments) throws ErrnoException {
        while (true) {
            var result = raw(sys, arguments);
            if (result >= 0) {
                return result;
            }
            if (result != -Errno.EINTR.number()) {
                throw new ErrnoException((int) -result, sys.call(), what.toString());
            }
        }
    }

    /// Makes a system call once; a failure is the negated error number, as in the kernel.
    static long raw(Sys sys, long... arguments) {
        try (var arena = Arena.ofConfined()) {
            var errno = arena.allocate(JAVA_INT);
            var result = (long) SHAPE.invokeExact(
                    SYSCALL,
                    errno,
                    (long) sys.number(),
                    argument(arguments, 0),
                    argument(arguments, 1),
                    argument(arguments, 2),
                    argument(arguments, 3),
                    argument(arguments, 4),
                    argument(arguments, 5));
            return result == -1 ? -NativeData.getInt(errno, 0) : result;
        } catch (Throwable failure) {
            throw unexpected(failure);
        }
    }

    /// Like [#raw], with the memory for the error number kept by the caller: for calls made a million times.
    static long hot(MemorySegment errno, Sys sys, long a, long b, long c, long d, long e, long f) {
        try {
            var result = (long) SHAPE.invokeExact(SYSCALL, errno, (long) sys.number(), a, b, c, d, e, f);
            return result == -1 ? -errno.get(JAVA_INT, 0) : result;
        } catch (Throwable failure) {
            throw unexpected(failure);
        }
    }

    /// Calls a function of the C library that returns an int.
    static int library(MemorySegment function, long... arguments) {
        return (int) invoke(function, arguments);
    }

    private static long invoke(MemorySegment function, long... arguments) {
        try (var arena = Arena.ofConfined()) {
            var errno = arena.allocate(JAVA_INT);
            return (long) SHAPE.invokeExact(
                    function,
                    errno,
                    argument(arguments, 0),
                    argument(arguments, 1),
                    argument(arguments, 2),
                    argument(arguments, 3),
                    argument(arguments, 4),
                    argument(arguments, 5),
                    argument(arguments, 6));
        } catch (Throwable failure) {
            throw unexpected(failure);
        }
    }

    /// Memory for the kernel to write to. Only what it has written may be read: a large one is not zeroed before, which
    /// takes an interpreter longer than the call.
    static MemorySegment room(Arena arena, long bytes) {
        if (bytes <= SMALL) {
            return arena.allocate(Math.max(1, bytes), 8);
        }
        var address = invoke(Allocation.MALLOC, bytes);
        if (address == 0) {
            throw new OutOfMemoryError("native memory of " + bytes + " bytes");
        }
        return MemorySegment.ofAddress(address)
                .reinterpret(bytes, arena, memory -> library(Allocation.FREE, memory.address()));
    }

    private static final class Allocation {
        static final MemorySegment MALLOC = function("malloc");
        static final MemorySegment FREE = function("free");
    }

    static MemorySegment function(String name) {
        return LINKER.defaultLookup().findOrThrow(name);
    }

    private static long argument(long[] arguments, int index) {
        return index < arguments.length ? arguments[index] : 0;
    }

    private static RuntimeException unexpected(Throwable failure) {
        return switch (failure) {
            case RuntimeException runtime -> runtime;
            case Error error -> throw error;
            default -> new IllegalStateException("native call failed", failure);
        };
    }

    /// A C string; the kernel would cut a name at an embedded zero, so such names are refused.
    static long string(Arena arena, byte[] bytes) {
        for (var b : bytes) {
            if (b == 0) {
                throw new IllegalArgumentException("a name for the kernel must not contain a zero byte");
            }
        }
        return terminated(arena, bytes);
    }

    private static long terminated(Arena arena, byte[] bytes) {
        var segment = arena.allocate(bytes.length + 1L);
        NativeData.write(segment, 0, bytes, 0, bytes.length);
        return segment.address();
    }

    static long string(Arena arena, String text) {
        return string(arena, text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    static long string(Arena arena, FileName name) {
        return terminated(arena, name.raw());
    }

    static MemorySegment bytes(Arena arena, byte[] bytes) {
        var segment = arena.allocate(Math.max(1, bytes.length), 8);
        NativeData.write(segment, 0, bytes, 0, bytes.length);
        return segment;
    }

    /// A null-terminated array of pointers to C strings.
    static long strings(Arena arena, java.util.List<String> texts) {
        var array = arena.allocate(8L * (texts.size() + 1), 8);
        for (var i = 0; i < texts.size(); i++) {
            NativeData.setLong(array, 8L * i, string(arena, texts.get(i)));
        }
        return array.address();
    }
}
