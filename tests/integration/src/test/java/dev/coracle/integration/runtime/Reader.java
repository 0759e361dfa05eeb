package dev.coracle.integration.runtime;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;

/// A client at the reading end of a pipe: what it has read so far, and whether it has seen the end.
final class Reader {
    private final ByteArrayOutputStream read = new ByteArrayOutputStream();
    private final Thread thread;

    private Reader(Path pipe) {
        thread = Thread.ofPlatform().daemon().name("reader of " + pipe).start(() -> {
            try (var input = Files.newInputStream(pipe)) {
                var buffer = new byte[1 << 16];
                for (var count = input.read(buffer); count >= 0; count = input.read(buffer)) {
                    synchronized (read) {
                        read.write(buffer, 0, count);
                    }
                }
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        });
    }

    static Reader of(Path pipe) {
        return new Reader(pipe);
    }

    byte[] bytes() {
        synchronized (read) {
            return read.toByteArray();
        }
    }

    String text() {
        return new String(bytes(), StandardCharsets.UTF_8);
    }

    void awaitText(String wanted) {
        Awaitility.await("\"" + wanted + "\" to be read")
                .atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(5))
                .until(() -> text().contains(wanted));
    }

    /// Everything up to the end of the stream.
    String all() throws InterruptedException {
        if (!thread.join(Duration.ofSeconds(20))) {
            throw new AssertionError("no end of the stream after: " + text());
        }
        return text();
    }
}
