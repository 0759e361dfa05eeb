package dev.coracle.integration;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/// Clients of a daemon that is killed under them. What one was told is true must stay true: a
/// command that no kill meets must do what it says, whatever was killed before.
final class KilledDaemonLoad {
    private static final String IMAGE = "nginx:alpine";

    private final PrivateEngine engine;
    private final String network;
    private final List<Integer> ports = List.of(Host.freePort(), Host.freePort());
    private final List<Thread> threads = new ArrayList<>();
    private final List<String> complaints = new ArrayList<>();
    private final CountDownLatch complained = new CountDownLatch(1);
    private final AtomicInteger finished = new AtomicInteger();
    private final AtomicInteger met = new AtomicInteger();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private int life;
    private boolean serves = true;
    private volatile boolean ends;

    KilledDaemonLoad(PrivateEngine engine, String network) {
        this.engine = engine;
        this.network = network;
    }

    /// What a client does again and again; the second half is done until it is true that nothing is left.
    private record Cycle(String name, List<List<String>> steps, List<String> undo, String gone) {}

    private List<Cycle> cycles() {
        return List.of(
                container("first", ports.get(0)),
                container("second", ports.get(1)),
                new Cycle(
                        "short",
                        List.of(List.of("run", "-d", "--name", "short", "--network", network, "busybox", "true")),
                        List.of("rm", "-f", "short"),
                        "no such container"),
                new Cycle(
                        "puller",
                        List.of(List.of("pull", "-q", IMAGE), List.of("history", "-q", IMAGE)),
                        List.of("rmi", "-f", IMAGE),
                        "no such image"),
                new Cycle(
                        "itself",
                        List.of(List.of("run", "--rm", "--name", "itself", "busybox", "true")),
                        List.of("rm", "-f", "itself"),
                        "no such container"),
                new Cycle(
                        "net",
                        List.of(List.of("network", "create", "net"), List.of("network", "inspect", "net")),
                        List.of("network", "rm", "net"),
                        "no such network"));
    }

    private Cycle container(String name, int port) {
        return new Cycle(
                name,
                List.of(
                        List.of(
                                "create",
                                "--name",
                                name,
                                "--network",
                                network,
                                "-p",
                                port + ":80",
                                "-v",
                                "/data",
                                "busybox",
                                "sleep",
                                "1000"),
                        List.of("start", name),
                        List.of("exec", name, "true"),
                        List.of("stop", "-t", "0", name)),
                List.of("rm", "-f", "-v", name),
                "no such container");
    }

    /// Everything once, so that what only the first time makes is there.
    void once() throws IOException, InterruptedException {
        for (var cycle : cycles()) {
            for (var step : Stream.concat(cycle.steps().stream(), Stream.of(cycle.undo()))
                    .toList()) {
                run(step).expect(0);
            }
        }
    }

    void start() {
        cycles().forEach(cycle ->
                threads.add(Thread.ofPlatform().name("client-" + cycle.name()).start(() -> repeat(cycle))));
    }

    /// From now on commands are met by a kill, and none begins.
    void pause() {
        change(false, 1);
    }

    void resume() {
        change(true, 0);
    }

    private void change(boolean now, int lives) {
        lock.lock();
        try {
            serves = now;
            life += lives;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Waits for a while, or until somebody complains.
    void goesOnFor(int millis) throws InterruptedException {
        if (complained.await(millis, TimeUnit.MILLISECONDS)) {
            throw new AssertionError(complaints().toString());
        }
    }

    void end() throws InterruptedException {
        ends = true;
        for (var thread : threads) {
            thread.join();
        }
    }

    List<String> complaints() {
        synchronized (complaints) {
            return List.copyOf(complaints);
        }
    }

    List<Integer> ports() {
        return ports;
    }

    int finished() {
        return finished.get();
    }

    @Override
    public String toString() {
        return finished + " commands answered, " + met + " met by a kill";
    }

    private void repeat(Cycle cycle) {
        try {
            while (!ends) {
                for (var step : cycle.steps()) {
                    if (!isDone(cycle, step, false)) {
                        break;
                    }
                }
                while (!isDone(cycle, cycle.undo(), true)) {
                    // until somebody says that nothing is left
                }
            }
        } catch (IOException | InterruptedException | RuntimeException | AssertionError e) {
            complain(cycle.name() + ": " + e);
        }
    }

    private boolean isDone(Cycle cycle, List<String> step, boolean undoes) throws IOException, InterruptedException {
        var before = awaitServing();
        var result = run(step);
        if (result.status() == 0) {
            finished.incrementAndGet();
            return true;
        }
        if (undoes && result.err().contains(cycle.gone())) {
            return true;
        }
        if (before == life()) {
            complain(cycle.name() + ": " + result);
            throw new IllegalStateException("gives up");
        }
        met.incrementAndGet();
        return false;
    }

    private Run.Result run(List<String> words) throws IOException, InterruptedException {
        return engine.ours("bin/nerdctl", words.toArray(String[]::new)).go();
    }

    private int awaitServing() throws InterruptedException {
        lock.lock();
        try {
            while (!serves) {
                changed.await();
            }
            return life;
        } finally {
            lock.unlock();
        }
    }

    private int life() {
        lock.lock();
        try {
            return life;
        } finally {
            lock.unlock();
        }
    }

    private void complain(String what) {
        synchronized (complaints) {
            complaints.add(what);
        }
        complained.countDown();
    }
}
