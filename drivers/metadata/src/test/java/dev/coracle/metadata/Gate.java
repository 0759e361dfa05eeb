package dev.coracle.metadata;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Lets a test stop a thread at a place, look around, and let it go on. Open until it is armed;
/// stops the first that comes.
final class Gate {
    private final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch opened = new CountDownLatch(1);
    private volatile boolean armed;

    void arm() {
        armed = true;
    }

    /// Called where the thread may be stopped.
    void pass() {
        if (armed) {
            armed = false;
            reached.countDown();
            await(opened);
        }
    }

    void awaitReached() {
        await(reached);
    }

    void open() {
        opened.countDown();
    }

    private static void await(CountDownLatch latch) {
        try {
            if (!latch.await(20, TimeUnit.SECONDS)) {
                throw new AssertionError("nobody came");
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
