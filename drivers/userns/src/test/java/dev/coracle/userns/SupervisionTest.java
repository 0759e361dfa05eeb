package dev.coracle.userns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coracle.linux.Poller;
import dev.coracle.linux.Self;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SupervisionTest {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    /// A driver whose connections end when told to, and which fails on some attempts.
    private static final class Driver implements NetworkDriver {
        private final AtomicInteger attempts = new AtomicInteger();
        private final AtomicInteger closed = new AtomicInteger();
        private final Queue<Runnable> ends = new ConcurrentLinkedQueue<>();
        private final int failing;

        Driver(int failing) {
            this.failing = failing;
        }

        @Override
        public Connection connect(NetworkTarget target) throws IOException {
            if (attempts.incrementAndGet() == failing) {
                throw new IOException("no");
            }
            return new Connection() {
                @Override
                public void onEnd(Runnable then) {
                    ends.add(then);
                }

                @Override
                public void close() {
                    closed.incrementAndGet();
                }
            };
        }
    }

    private final Queue<String> told = new ConcurrentLinkedQueue<>();

    @Test
    void a_driver_that_dies_is_started_again_until_it_works() throws Exception {
        var driver = new Driver(2);
        var again = new AtomicInteger();
        try (var supervision = Supervision.start(driver, new NetworkTarget.OfProcess(Self.pid()), told::add)) {
            supervision.setDependent(again::incrementAndGet);
            driver.ends.remove().run();
            Awaitility.await().atMost(PATIENCE).until(() -> again.get() == 1);
            assertThat(driver.attempts).hasValue(3);
            Awaitility.await().atMost(PATIENCE).until(() -> told.size() == 2);
            assertThat(told)
                    .containsExactly(
                            "the network driver died and cannot be started again: no",
                            "the network driver died and was started again");
        }
        assertThat(driver.closed).hasValue(2);
    }

    @Test
    void the_end_of_the_namespace_is_no_accident() throws Exception {
        var driver = new Driver(0);
        var gone = new ProcessBuilder("true").start();
        gone.waitFor();
        try (var _ = Supervision.start(driver, new NetworkTarget.OfProcess(gone.pid()), told::add)) {
            driver.ends.remove().run();
            Awaitility.await().atMost(PATIENCE).until(() -> driver.closed.get() == 1);
        }
        assertThat(driver.attempts).hasValue(1);
        assertThat(told).isEmpty();
    }

    @Test
    void the_first_failure_is_the_callers() {
        assertThatThrownBy(() -> Supervision.start(new Driver(1), new NetworkTarget.OfProcess(1), told::add))
                .hasMessage("no");
    }

    @Test
    void changes_of_the_hosts_files_are_noticed_through_links(@TempDir Path path) throws Exception {
        var directory = Files.createDirectory(path.resolve("etc"));
        var run = Files.createDirectory(path.resolve("run"));
        var real = Files.writeString(run.resolve("stub.conf"), "one");
        var link = Files.createSymbolicLink(directory.resolve("resolv.conf"), real);
        var changes = new AtomicInteger();
        var poller = Poller.start("host-files-test");
        try (var _ = HostFiles.watch(poller, List.of(link), changes::incrementAndGet)) {
            Files.writeString(directory.resolve("other"), "no matter");
            replace(real, "two");
            Awaitility.await().atMost(PATIENCE).until(() -> changes.get() > 0);
            var before = changes.get();
            Files.delete(link);
            Files.writeString(link, "three");
            Awaitility.await().atMost(PATIENCE).until(() -> changes.get() > before);
        } finally {
            poller.close();
        }
    }

    private static void replace(Path file, String text) throws IOException {
        var fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.writeString(fresh, text);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }

    @Test
    void a_control_group_is_emptied_into_one_below(@TempDir Path path) throws Exception {
        Files.writeString(path.resolve("cgroup.procs"), "12\n13\n");
        Files.writeString(path.resolve("cgroup.controllers"), "memory pids\n");
        Files.writeString(path.resolve("cgroup.subtree_control"), "");
        var below = Files.createDirectory(path.resolve("inner"));
        Files.writeString(below.resolve("cgroup.procs"), "");
        assertThat(CgroupEvacuation.evacuate(path, "inner")).isEmpty();
        // plain files keep the end of what was written over them; the kernel takes each write by itself
        assertThat(Files.readString(below.resolve("cgroup.procs"))).isEqualTo("13");
        assertThat(Files.readString(path.resolve("cgroup.subtree_control"))).startsWith("+pids");
        Files.delete(below.resolve("cgroup.procs"));
        assertThat(CgroupEvacuation.evacuate(path, "inner"))
                .hasSize(2)
                .allMatch(line -> line.startsWith("evacuate the control group: write 1"));
    }
}
