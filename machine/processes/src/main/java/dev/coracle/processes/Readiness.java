package dev.coracle.processes;

import dev.coracle.linux.Fd;
import dev.coracle.linux.Polling;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/// Waits until a program says that it is ready: by writing to a descriptor or by its file appearing. The wait is raced
/// against the program's end and has a deadline.
public final class Readiness {
    private static final Duration STEP = Duration.ofMillis(5);

    private Readiness() {}

    /// Waits until the program writes something to the pipe; reads at most `length` bytes of it.
    ///
    /// @param reader our end; the caller has closed its copy of the other
    public static byte[] byPipe(Running running, Fd reader, int length, Duration atMost)
            throws IOException, InterruptedException {
        var buffer = new byte[length];
        if (!Polling.awaitReadable(reader, atMost)) {
            throw failure(running, "not ready after " + atMost.toMillis() + " ms");
        }
        var count = reader.read(buffer, 0, length);
        if (count == 0) {
            throw failure(running, "ended before it was ready");
        }
        return java.util.Arrays.copyOf(buffer, count);
    }

    public static void byFile(Running running, Path file, Duration atMost) throws IOException, InterruptedException {
        var deadline = System.nanoTime() + atMost.toNanos();
        while (!Files.exists(file)) {
            if (running.waitFor(STEP).isPresent()) {
                throw failure(running, "ended before it was ready");
            }
            if (System.nanoTime() > deadline) {
                throw failure(running, "not ready after " + atMost.toMillis() + " ms");
            }
        }
    }

    private static ToolFailedException failure(Running running, String why) throws IOException, InterruptedException {
        var status = running.end(Duration.ofSeconds(1));
        return new ToolFailedException(running.collect(), why + " (" + status.sentence() + ")");
    }
}
