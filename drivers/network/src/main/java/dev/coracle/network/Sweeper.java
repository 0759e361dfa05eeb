package dev.coracle.network;

import dev.coracle.linux.ErrnoException;
import dev.coracle.linux.Links;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// Removes links whose sandbox is gone. The kernel does that by itself when the namespace's last
/// process has ended, many at once, where a removal of ours would hold everybody up for some
/// milliseconds each; what it has not done after a while, because something still keeps the
/// namespace, is done here.
final class Sweeper implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(Sweeper.class.getName());
    private static final Duration PATIENCE = Duration.ofMillis(300);

    private record Left(String link, long since) {}

    private final Underlay underlay;
    private final LinkedBlockingQueue<Left> queue = new LinkedBlockingQueue<>();
    private final Thread thread;

    private Sweeper(Underlay underlay) {
        this.underlay = underlay;
        this.thread = Thread.ofPlatform().name("network sweeper").daemon().unstarted(this::sweep);
    }

    static Sweeper start(Underlay underlay) {
        var sweeper = new Sweeper(underlay);
        sweeper.thread.start();
        return sweeper;
    }

    void leave(List<String> links) {
        var now = System.nanoTime();
        links.forEach(link -> queue.add(new Left(link, now)));
    }

    /// Removes at once what waits: somebody wants an address that one of them may still have.
    void sweepNow() throws IOException, InterruptedException {
        var waiting = new ArrayList<Left>();
        queue.drainTo(waiting);
        remove(waiting);
    }

    private void sweep() {
        try {
            while (true) {
                var left = queue.take();
                var age = System.nanoTime() - left.since();
                if (age < PATIENCE.toNanos()) {
                    TimeUnit.NANOSECONDS.sleep(PATIENCE.toNanos() - age);
                }
                var waiting = new ArrayList<>(List.of(left));
                queue.drainTo(waiting);
                remove(waiting);
            }
        } catch (IOException failure) {
            LOGGER.log(System.Logger.Level.ERROR, "remove links of sandboxes that are gone", failure);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private void remove(List<Left> waiting) throws IOException, InterruptedException {
        if (waiting.isEmpty()) {
            return;
        }
        try (var links = underlay.links()) {
            for (var left : waiting) {
                remove(links, left.link());
            }
        }
    }

    private static void remove(Links links, String link) {
        try {
            links.remove(link);
        } catch (ErrnoException failure) {
            LOGGER.log(System.Logger.Level.WARNING, "remove link " + link, failure);
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
