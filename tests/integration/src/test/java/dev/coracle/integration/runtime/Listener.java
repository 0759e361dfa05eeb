package dev.coracle.integration.runtime;

import dev.coracle.core.tasks.OutputListener;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/// Keeps what it hears.
final class Listener implements OutputListener {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final CountDownLatch end = new CountDownLatch(1);

    @Override
    public synchronized void output(boolean isError, byte[] buffer, int length) {
        (isError ? err : out).write(buffer, 0, length);
    }

    @Override
    public void ended() {
        end.countDown();
    }

    synchronized String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    synchronized String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    void awaitOut(String wanted) {
        Awaitility.await("\"" + wanted + "\" to be heard")
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(5))
                .until(() -> out().contains(wanted));
    }

    void awaitEnd() throws InterruptedException {
        if (!end.await(60, TimeUnit.SECONDS)) {
            throw new AssertionError("no end after: " + out());
        }
    }
}
