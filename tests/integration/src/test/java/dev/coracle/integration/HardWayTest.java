package dev.coracle.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// containerd's rootless guide, typed as it stands.
class HardWayTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Duration LATER = Duration.ofMinutes(3);
    private static final String UBUNTU = "docker.io/library/ubuntu:latest";

    @SuppressWarnings("NullAway.Init")
    private static Registry registry;

    @SuppressWarnings("NullAway.Init")
    private static Rootless rootless;

    @BeforeAll
    static void start() throws Exception {
        registry = TestImages.registry();
        rootless = Rootless.start();
    }

    @AfterAll
    static void end() throws Exception {
        registry.close();
        rootless.close();
    }

    static Stream<List<String>> ways() {
        return Stream.of("ours", "Debian's")
                .flatMap(ctr -> Stream.of("native", "overlayfs", "fuse-overlayfs")
                        .map(snapshotter -> List.of(ctr, snapshotter)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("ways")
    void the_guide_typed_as_it_stands(List<String> way) throws Exception {
        var ctr = way.getFirst().equals("ours") ? Host.ours("ctr") : Host.debians("ctr");
        var fifos = rootless.data().resolve("foo-fifo");
        try (var terminal = new Terminal(Run.of("sh").with("PS1", "outside> "))) {
            terminal.await("outside> ", SOON);
            terminal.type(
                    "nsenter -U --preserve-credentials -m -n -t $(cat " + rootless.stateDirectory() + "/child_pid)");
            terminal.type("PS1='inside''> '; ctr() { " + ctr + " \"$@\"; }");
            terminal.await("inside> ", SOON);
            terminal.type(
                    "export CONTAINERD_ADDRESS=" + rootless.socket() + " CONTAINERD_SNAPSHOTTER=" + way.getLast());
            terminal.type("ctr images pull --hosts-dir " + rootless.hosts(registry.port()) + " " + UBUNTU
                    + "; echo pulled-$?-");
            assertThat(terminal.await("pulled-\\d+-", LATER)).isEqualTo("pulled-0-");
            terminal.type("ctr run -t --rm --fifo-dir " + fifos + " --cgroup \"\" " + UBUNTU + " foo; echo ended-$?-");
            terminal.await("# ", SOON);
            // As with containerd, the size reaches the container's terminal a moment after its start.
            terminal.type("until [ \"$(stty size)\" != '0 0' ]; do sleep 0.1; done");
            terminal.type("tty; stty size; id -u; nginx -v; sleep 0.1; exit $((6 * 7))");
            assertThat(terminal.await("ended-\\d+-", SOON)).isEqualTo("ended-42-");
            assertThat(terminal.screen())
                    .contains("/dev/pts/0")
                    .contains("33 111")
                    .contains("nginx version");
            terminal.type("exit").type("exit");
            terminal.status(SOON);
        }
        assertThat(traces(Ctr.debians(rootless).on(way.getLast()), fifos)).isEmpty();
    }

    @Test
    void the_exit_status_of_the_container_is_that_of_ctr_run() throws Exception {
        var ctr = Ctr.ours(rootless);
        ctr.pull(registry, "docker.io/library/busybox:latest");
        for (int status : List.of(0, 1, 3, 125, 255)) {
            ctr.run(
                            "run",
                            "--rm",
                            "--cgroup",
                            "",
                            "docker.io/library/busybox:latest",
                            "status",
                            "sh",
                            "-c",
                            "exit " + status)
                    .go()
                    .expect(status);
        }
    }

    @Test
    void what_goes_in_comes_out_byte_by_byte() throws Exception {
        var ctr = Ctr.ours(rootless);
        ctr.pull(registry, "docker.io/library/busybox:latest");
        var result = ctr.run(
                        "run",
                        "--rm",
                        "--cgroup",
                        "",
                        "docker.io/library/busybox:latest",
                        "pipe",
                        "sh",
                        "-c",
                        "cat; echo no >&2")
                .go("one\ntwo\n")
                .expect(0);
        assertThat(result.out()).isEqualTo("one\ntwo\n");
        assertThat(result.err()).contains("no\n");
    }

    /// What is there although everything was run with `--rm`.
    private static List<String> traces(Ctr ctr, Path fifos) throws Exception {
        var left = new ArrayList<String>();
        left.addAll(ctr.lines("containers", "list", "-q"));
        ctr.lines("tasks", "list", "-q").forEach(task -> left.add("task " + task));
        ctr.lines("snapshots", "list").stream()
                .filter(line -> line.startsWith("foo ") || line.contains("Active"))
                .forEach(left::add);
        left.addAll(rootless.mounts());
        // the container's id is in the name of its cgroup, by every manager of cgroups
        rootless.inside("find", "/sys/fs/cgroup", "-type", "d", "-name", "*foo*")
                .go()
                .out()
                .lines()
                .forEach(left::add);
        rootless.mentioning("conmon").stream()
                .filter(pid -> {
                    try {
                        return rootless.mentioning(rootless.state().toString()).contains(pid);
                    } catch (java.io.IOException e) {
                        return true;
                    }
                })
                .forEach(pid -> left.add("conmon " + pid));
        if (Files.exists(fifos)) {
            try (var files = Files.walk(fifos)) {
                files.filter(file -> !Files.isDirectory(file)).forEach(file -> left.add(file.toString()));
            }
        }
        return left;
    }
}
