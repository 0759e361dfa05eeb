package dev.coracle.runtime;

import dev.coracle.base.EngineException.NotFound;
import dev.coracle.linux.Errno;
import dev.coracle.linux.ErrnoException;
import dev.coracle.linux.Fd;
import dev.coracle.linux.OpenFlag;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;

/// Tells conmon the size of a terminal, by its control pipe.
final class ConsoleSize {
    private static final int SIZE_MESSAGE = 1;

    private ConsoleSize() {}

    static void set(Path directory, int width, int height) throws ErrnoException {
        // non-blocking: without a reader this fails instead of waiting for one
        try (var pipe = Fd.open(directory.resolve("ctl"), Set.of(OpenFlag.WRITE_ONLY, OpenFlag.NON_BLOCKING), 0)) {
            pipe.write("%d %d %d\n".formatted(SIZE_MESSAGE, height, width).getBytes(StandardCharsets.US_ASCII));
        } catch (ErrnoException failure) {
            if (failure.is(Errno.ENXIO, Errno.ENOENT)) {
                throw new NotFound("process already finished", failure);
            }
            throw failure;
        }
    }
}
