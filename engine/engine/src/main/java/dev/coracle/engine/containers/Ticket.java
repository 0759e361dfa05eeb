package dev.coracle.engine.containers;

import dev.coracle.core.tasks.Exit;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/// One run of a process, for those who wait for its end.
final class Ticket {
    private final CountDownLatch over = new CountDownLatch(1);
    private volatile Optional<Exit> exit = Optional.empty();

    void ended(Exit how) {
        exit = Optional.of(how);
        over.countDown();
    }

    /// The exit status.
    int await() throws InterruptedException {
        over.await();
        return exit.orElseThrow().status();
    }
}
