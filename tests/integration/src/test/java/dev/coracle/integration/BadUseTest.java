package dev.coracle.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What goes wrong on real machines: each failure says what, why and what to do, with a status and without a trace.
class BadUseTest {
    private static final String BUSYBOX = "docker.io/library/busybox:latest";
    private static final List<String> GUIDE = List.of("--net=slirp4netns", "--copy-up=/etc", "--copy-up=/run");

    @Test
    void a_second_daemon_on_the_same_root_is_refused() throws Exception {
        try (var rootless = Rootless.start()) {
            var second = rootless.data().resolve("second.toml");
            Files.writeString(second, """
                    version = 2
                    root = "%s"
                    state = "%s-second"
                    [grpc]
                      address = "%s-second.sock"
                    """.formatted(rootless.root(), rootless.state(), rootless.state()));
            complains(
                    rootless.inside(Host.ours("containerd"), "-c", second.toString())
                            .go(),
                    rootless.root().toString());
            Ctr.debians(rootless).output("version");
        }
    }

    @Test
    void a_second_rootlesskit_with_the_same_state_directory_is_refused() throws Exception {
        try (var rootless = Rootless.start()) {
            complains(
                    rootless.rootlesskit("true").go(), rootless.stateDirectory().toString());
            Ctr.debians(rootless).output("version");
        }
    }

    @Test
    void an_unreadable_configuration_is_named() throws Exception {
        var rootless = Rootless.prepare(GUIDE.toArray(String[]::new));
        try (rootless) {
            Files.delete(rootless.config());
            complains(rootless.launcher().go(), rootless.config() + "");
        }
    }

    @Test
    void a_mistake_in_the_configuration_is_named_with_its_line() throws Exception {
        try (var rootless = Rootless.prepare(GUIDE.toArray(String[]::new))) {
            Files.writeString(rootless.config(), "version = 2\nroot = \"/x\nstate = 1\n");
            complains(rootless.launcher().go(), rootless.config().toString(), "line 2");
            Files.writeString(rootless.config(), "version = 2\nroot = 5\n");
            complains(rootless.launcher().go(), "root");
            Files.writeString(rootless.config(), "version = 9\n");
            complains(rootless.launcher().go(), "version", "9");
        }
    }

    @Test
    void a_socket_path_that_is_too_long_is_refused_with_its_length() throws Exception {
        try (var rootless = Rootless.prepare(GUIDE.toArray(String[]::new))) {
            var address = rootless.data() + "/" + "long".repeat(30) + "/containerd.sock";
            Files.writeString(rootless.config(), """
                    version = 2
                    root = "%s"
                    state = "%s"
                    [grpc]
                      address = "%s"
                    """.formatted(rootless.root(), rootless.state(), address));
            complains(rootless.launcher().go(), address, Integer.toString(address.length()));
        }
    }

    @Test
    void an_account_without_sub_ids_gets_one_id_and_is_told() throws Exception {
        try (var rootless = Rootless.prepare("--net=none")) {
            var words = String.join(
                    " ", rootless.rootlesskit("cat", "/proc/self/uid_map").words());
            var result = Run.of(
                            Host.debians("unshare"),
                            "--user",
                            "--map-current-user",
                            "--mount",
                            "--keep-caps",
                            "sh",
                            "-c",
                            "mount --bind /dev/null /etc/subuid && mount --bind /dev/null /etc/subgid && exec "
                                    + Host.debians("setpriv")
                                    + " --inh-caps -all --ambient-caps -all --bounding-set +all "
                                    + words)
                    .go();
            assertThat(result.status()).as(result.toString()).isZero();
            assertThat(result.out().strip()).matches("0 +\\d+ +1");
            assertThat(result.err()).contains("/etc/subuid");
        }
    }

    /// The same command where a program cannot be found, on the usual paths neither: a mount
    /// namespace of its own hides it, made by user namespaces that end in the account's own id.
    private static Run hiding(String program, Run command) throws IOException {
        var hidden = "mount --bind /dev/null " + Host.debians(program) + " && exec unshare --user --map-user=$1"
                + " --map-group=$2 -- \"$0\" \"${@:3}\"";
        var words = new ArrayList<>(List.of("unshare", "--user", "--map-root-user", "--mount", "bash", "-c", hidden));
        words.add(command.words().getFirst());
        words.add(Files.getAttribute(Host.home(), "unix:uid").toString());
        words.add(Files.getAttribute(Host.home(), "unix:gid").toString());
        words.addAll(command.words().subList(1, command.words().size()));
        return new Run(words, command.environment(), command.limit());
    }

    @Test
    void a_missing_newuidmap_is_named_with_its_package() throws Exception {
        try (var rootless = Rootless.prepare(GUIDE.toArray(String[]::new))) {
            complains(hiding("newuidmap", rootless.launcher()).go(), "newuidmap", "uidmap");
        }
    }

    @Test
    void a_missing_slirp4netns_is_named_with_its_package() throws Exception {
        try (var rootless = Rootless.prepare(GUIDE.toArray(String[]::new))) {
            complains(hiding("slirp4netns", rootless.launcher()).go(), "slirp4netns");
        }
    }

    @Test
    void a_missing_runtime_is_named_with_its_package() throws Exception {
        for (var programs : List.of(List.of("crun", "runc"), List.of("conmon"))) {
            try (var registry = TestImages.registry();
                    var rootless = Rootless.prepare(GUIDE.toArray(String[]::new))) {
                rootless.launch("PATH", pathWithout(rootless, programs.toArray(String[]::new)));
                var ctr = Ctr.debians(rootless);
                ctr.pull(registry, BUSYBOX);
                complains(
                        ctr.run("run", "--rm", "--cgroup", "", BUSYBOX, "x", "true")
                                .go(),
                        programs.getFirst());
                assertThat(ctr.lines("containers", "list", "-q")).isEmpty();
                assertThat(rootless.mounts()).isEmpty();
            }
        }
    }

    @Test
    void a_missing_fuse_device_is_named() throws Exception {
        try (var registry = TestImages.registry();
                var rootless = Rootless.prepare(GUIDE.toArray(String[]::new))) {
            rootless.before("mount --bind /dev/null /dev/fuse");
            rootless.launch();
            var ctr = Ctr.debians(rootless).on("fuse-overlayfs");
            complains(
                    ctr.run(
                                    "images",
                                    "pull",
                                    "--hosts-dir",
                                    rootless.hosts(registry.port()).toString(),
                                    BUSYBOX)
                            .go(),
                    "/dev/fuse is not the FUSE device",
                    "mknod");
        }
    }

    @Test
    void a_full_disk_is_an_error_and_no_end() throws Exception {
        try (var registry = TestImages.registry();
                var rootless = Rootless.prepare(GUIDE.toArray(String[]::new))) {
            rootless.before("mkdir -p " + rootless.root() + " && mount -t tmpfs -o size=60m tmpfs " + rootless.root());
            rootless.launch();
            var ctr = Ctr.debians(rootless);
            complains(
                    ctr.run(
                                    "images",
                                    "pull",
                                    "--hosts-dir",
                                    rootless.hosts(registry.port()).toString(),
                                    "docker.io/library/ubuntu:latest")
                            .within(Duration.ofMinutes(1))
                            .go(),
                    "space");
            ctr.run("content", "prune", "references").go();
            ctr.lines("content", "active").stream().skip(1).forEach(_ -> {});
            ctr.pull(registry, BUSYBOX);
            ctr.run("run", "--rm", "--cgroup", "", BUSYBOX, "x", "true").go().expect(0);
        }
    }

    private static void complains(Run.Result result, String... words) {
        assertThat(result.status()).as(result.toString()).isNotZero();
        assertThat(result.err())
                .as(result.toString())
                .contains(words)
                .doesNotContain("Exception")
                .doesNotContain("\tat ");
    }

    /// A PATH with everything but some programs.
    private static String pathWithout(Rootless rootless, String... programs) throws IOException {
        var folder = Files.createDirectories(rootless.data().resolve("programs"));
        for (var source : List.of("/usr/sbin", "/usr/bin")) {
            try (var files = Files.list(Path.of(source))) {
                for (var file : files.toList()) {
                    var link = folder.resolve(file.getFileName());
                    if (!List.of(programs).contains(file.getFileName().toString()) && Files.notExists(link)) {
                        Files.createSymbolicLink(link, file);
                    }
                }
            }
        }
        return Host.tree().resolve("bin") + ":" + folder;
    }
}
