package dev.coracle.linux;

import java.lang.foreign.Arena;

/// The two ends of a pipe.
public record Pipe(Fd reader, Fd writer) implements AutoCloseable {
    private static final int F_SETPIPE_SZ = 1031;
    private static final int F_GETPIPE_SZ = 1032;

    public static Pipe open() throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            var pair = arena.allocate(8, 4);
            Native.call(Sys.PIPE2, "", pair.address(), OpenFlag.CLOSE_ON_EXEC);
            return new Pipe(Fd.adopt(NativeData.getInt(pair, 0)), Fd.adopt(NativeData.getInt(pair, 4)));
        }
    }

    /// Makes neither end wait, and asks for room; a user who has many pipes gets less. Returns the room there is.
    public int unblock(int wantedBytes) throws ErrnoException {
        reader.setNonBlocking(true);
        writer.setNonBlocking(true);
        if (Native.raw(Sys.FCNTL, writer.number(), F_SETPIPE_SZ, wantedBytes) < 0) {
            return (int) Native.call(Sys.FCNTL, writer, writer.number(), F_GETPIPE_SZ);
        }
        return wantedBytes;
    }

    @Override
    public void close() {
        writer.close();
        reader.close();
    }
}
