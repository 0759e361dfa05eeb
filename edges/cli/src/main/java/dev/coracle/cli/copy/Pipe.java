package dev.coracle.cli.copy;

import dev.coracle.base.EngineException;
import dev.coracle.base.TaskGroup;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;

/// Two halves of a copy at work together: one writes an archive, the other reads it.
final class Pipe {
    private static final int SIZE = 1 << 16;

    private Pipe() {}

    @FunctionalInterface
    interface Writer {
        void writeTo(OutputStream archive) throws IOException;
    }

    @FunctionalInterface
    interface Reader {
        void readFrom(InputStream archive) throws IOException;
    }

    /// Runs both; the first failure ends the other.
    static void run(Writer writer, Reader reader) throws IOException, InterruptedException {
        try (var out = new PipedOutputStream();
                var in = new PipedInputStream(out, SIZE);
                var group = TaskGroup.onPlatformThreads("copy")) {
            group.fork(() -> {
                try (out) {
                    writer.writeTo(out);
                }
                return true;
            });
            group.fork(() -> {
                reader.readFrom(in);
                return true;
            });
            group.join();
        } catch (IOException | InterruptedException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new EngineException.Unknown("copy: " + e.getMessage(), e);
        }
    }
}
