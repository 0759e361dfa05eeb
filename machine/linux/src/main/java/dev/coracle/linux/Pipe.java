package dev.coracle.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;

/// The two ends of a pipe.
public record Pipe(Fd reader, Fd writer) implements AutoCloseable {
    public static Pipe open() throws ErrnoException {
        try (var arena = Arena.ofConfined()) {
            var pair = arena.allocate(8, 4);
            Native.call(Sys.PIPE2, "", pair.address(), OpenFlag.CLOSE_ON_EXEC);
            return new Pipe(Fd.adopt(pair.get(JAVA_INT, 0)), Fd.adopt(pair.get(JAVA_INT, 4)));
        }
    }

    @Override
    public void close() {
        writer.close();
        reader.close();
    }
}
