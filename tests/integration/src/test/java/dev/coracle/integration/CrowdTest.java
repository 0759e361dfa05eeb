package dev.coracle.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Eight clients pull, run, remove and collect garbage at the same time: nobody is told that what it has just made is
/// gone, nothing hangs, memory stays within bounds, and an audit finds nothing afterwards.
class CrowdTest {
    /// Ten minutes with `CORACLE_CROWD_SECONDS=600 ./verify --integration -- '.*CrowdTest'`.
    private static final int SECONDS = Integer.getInteger("coracle.crowd.seconds", 25);

    private static final long MOST_MEMORY_KILOBYTES = 512 << 10;
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final List<String> complaints = new ArrayList<>();
    private final AtomicInteger done = new AtomicInteger();
    private final CountDownLatch complained = new CountDownLatch(1);

    @SuppressWarnings("NullAway.Init")
    private PrivateEngine engine;

    @SuppressWarnings("NullAway.Init")
    private Registry registry;

    private volatile boolean ends;

    @BeforeEach
    void start() throws Exception {
        registry = TestImages.registry();
        engine = new PrivateEngine();
        engine.takeFrom(registry);
        engine.start();
        nerdctl("pull", "-q", "busybox").output();
    }

    @AfterEach
    void end() throws Exception {
        registry.close();
        engine.close();
    }

    /// What a client does again and again.
    private interface Client {
        void work(int round) throws IOException, InterruptedException;
    }

    @Test
    @Timeout(1200)
    void eight_clients_lose_nothing_and_leave_nothing() throws Exception {
        var clients = List.<Client>of(
                round -> runs("a" + round),
                round -> runs("b" + round),
                round -> keeps("c" + round),
                round -> keeps("d" + round),
                _ -> pulls("one"),
                _ -> pulls("two"),
                round -> commits("e" + round),
                round -> collects("gc" + round));
        var threads = new ArrayList<Thread>();
        for (var client : clients) {
            threads.add(Thread.ofPlatform().name("client-" + threads.size()).start(() -> repeat(client)));
        }
        var hasFailed = complained.await(SECONDS, TimeUnit.SECONDS);
        ends = true;
        for (var thread : threads) {
            assertThat(thread.join(PATIENCE))
                    .as(thread.getName() + " comes to an end")
                    .isTrue();
        }
        var most = highestMemory();
        System.out.printf("%d rounds of 8 clients in %d s, at most %d MB%n", done.get(), SECONDS, most >> 10);

        synchronized (complaints) {
            assertThat(complaints).isEmpty();
        }
        assertThat(hasFailed).isFalse();
        assertThat(most).isLessThan(MOST_MEMORY_KILOBYTES);
        assertThat(nerdctl("ps", "-aq").output()).isEmpty();
        var audit = engine.ours("bin/containerd", "--address", engine.socket().toString(), "audit")
                .go();
        assertThat(audit.out()).isEmpty();
        audit.expect(0);
    }

    private void repeat(Client client) {
        try {
            for (var round = 0; !ends; round++) {
                client.work(round);
                done.incrementAndGet();
            }
        } catch (IOException | InterruptedException | RuntimeException | AssertionError e) {
            synchronized (complaints) {
                complaints.add(Thread.currentThread().getName() + ": " + e);
            }
            complained.countDown();
        }
    }

    private Run nerdctl(String... words) {
        return engine.ours("bin/nerdctl", words).within(PATIENCE);
    }

    private void runs(String name) throws IOException, InterruptedException {
        assertThat(nerdctl("run", "--rm", "--name", name, "busybox", "echo", name)
                        .output())
                .isEqualTo(name + "\n");
    }

    private void keeps(String name) throws IOException, InterruptedException {
        nerdctl("run", "-d", "--name", name, "busybox", "sleep", "1000").output();
        assertThat(nerdctl("exec", name, "echo", "here").output()).isEqualTo("here\n");
        nerdctl("rm", "-f", name).output();
    }

    /// In namespaces of their own, which share what is on disk: each must find whole what the other's removal and the
    /// collections leave it.
    private void pulls(String namespace) throws IOException, InterruptedException {
        nerdctl("--namespace", namespace, "pull", "-q", "nginx:alpine").output();
        nerdctl("--namespace", namespace, "run", "--rm", "--network", "none", "nginx:alpine", "true")
                .output();
        nerdctl("--namespace", namespace, "rmi", "-f", "nginx:alpine").output();
    }

    private void commits(String name) throws IOException, InterruptedException {
        nerdctl("create", "--name", name, "busybox", "true").output();
        nerdctl("commit", name, "kept-" + name).output();
        nerdctl("rm", name).output();
        nerdctl("run", "--rm", "kept-" + name, "true").output();
        nerdctl("rmi", "kept-" + name).output();
    }

    private void collects(String lease) throws IOException, InterruptedException {
        engine.ctr("leases", "create", "--id", lease).output();
        engine.ctr("leases", "delete", "--sync", lease).output();
    }

    private long highestMemory() throws IOException {
        return Files.readString(Path.of("/proc", Long.toString(engine.daemonPid()), "status"))
                .lines()
                .filter(line -> line.startsWith("VmHWM:"))
                .map(line -> Long.valueOf(line.replaceAll("[^0-9]", "")))
                .findFirst()
                .orElseThrow();
    }
}
