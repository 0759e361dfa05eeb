package dev.coracle.runtime;

import dev.coracle.base.EngineException.NotFound;
import dev.coracle.linux.Errno;
import dev.coracle.linux.ErrnoException;
import dev.coracle.linux.Fd;
import dev.coracle.linux.OpenFlag;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Set;

/// Tells a conmon something by its control pipe.
final class ConmonControl {
    private static final int SIZE_MESSAGE = 1;
    private static final int REOPEN_MESSAGE = 2;

    private ConmonControl() {}

    /// The size of the terminal.
    static void resize(Path directory, int width, int height) throws ErrnoException {
        say(directory, SIZE_MESSAGE, height, width);
    }

    /// The log's file has been renamed: a new one is to be made.
    static void reopenLog(Path directory) throws ErrnoException {
        say(directory, REOPEN_MESSAGE, 0, 0);
    }

    private static void say(Path directory, int message, int one, int other) throws ErrnoException {
        // non-blocking: without a reader this fails instead of waiting for one
        try (var pipe = Fd.open(directory.resolve("ctl"), Set.of(OpenFlag.WRITE_ONLY, OpenFlag.NON_BLOCKING), 0)) {
            pipe.write("%d %d %d\n".formatted(message, one, other).getBytes(StandardCharsets.US_ASCII));
        } catch (ErrnoException failure) {
            if (failure.is(Errno.ENXIO, Errno.ENOENT)) {
                throw new NotFound("process already finished", failure);
            }
            throw failure;
        }
    }
}
