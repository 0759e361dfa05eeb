package dev.coracle.integration;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What our `ctr` does beyond pulling and running, as a person sees it.
class CtrTest {
    private static final String IMAGE = "docker.io/library/busybox:latest";
    private static final Duration SOON = Duration.ofSeconds(60);

    @SuppressWarnings("NullAway.Init")
    private static Rootless rootless;

    @SuppressWarnings("NullAway.Init")
    private static Ctr ctr;

    /// Who carries a command out.
    enum Where {
        IN_THE_DAEMON,
        BY_ITSELF
    }

    @BeforeAll
    static void start() throws Exception {
        rootless = Rootless.prepare("--net=slirp4netns", "--copy-up=/etc", "--copy-up=/run");
        rootless.configure("""
                [plugins."io.containerd.image-verifier.v1.bindir"]
                  bin_dir = "%s"
                """.formatted(rootless.data().resolve("verifiers"))).launch();
        ctr = Ctr.ours(rootless);
        try (var registry = TestImages.registry()) {
            ctr.pull(registry, IMAGE);
        }
    }

    @AfterAll
    static void end() throws Exception {
        rootless.close();
    }

    private static Run at(Where where, String... words) throws Exception {
        var run = ctr.run(words);
        return where == Where.IN_THE_DAEMON ? run : run.with("CORACLE_NO_FORWARD", "1");
    }

    @ParameterizedTest
    @EnumSource
    void a_blob_is_edited_into_another(Where where) throws Exception {
        ctr.run("content", "ingest", "note").go("one fish\n").expect(0);
        var before = ImageFiles.digest("one fish\n".getBytes(UTF_8));
        // nothing refers to it, and a collection may come at any time
        ctr.run("content", "label", before, "containerd.io/gc.root=now").go().expect(0);

        var edited = at(where, "content", "edit", "--editor", "sed -i s/one/two/", before)
                .output()
                .strip();
        assertThat(edited).isEqualTo(ImageFiles.digest("two fish\n".getBytes(UTF_8)));
        assertThat(ctr.output("content", "get", edited)).isEqualTo("two fish\n");
        assertThat(at(where, "content", "edit", before)
                        .with("EDITOR", "true")
                        .output()
                        .strip())
                .isEqualTo(before);

        var failed =
                at(where, "content", "edit", "--editor", "false", before).go().expect(1);
        assertThat(failed.err()).contains("the editor \"false\" failed");
        assertThat(at(where, "content", "edit", before).go().expect(1).err()).contains("EDITOR");
    }

    @ParameterizedTest
    @EnumSource
    void a_command_ends_when_its_time_is_over(Where where) throws Exception {
        var events = at(where, "--timeout", "300ms", "events").go().expect(1);
        assertThat(events.err()).contains("context deadline exceeded");

        var run = at(where, "--timeout", "6s", "run", "--rm", "--cgroup", "", IMAGE, "slow", "sleep", "1000")
                .go()
                .expect(1);
        assertThat(run.err()).contains("context deadline exceeded");
        assertThat(ctr.lines("tasks", "list", "-q")).doesNotContain("slow");
        assertThat(ctr.lines("containers", "list", "-q")).doesNotContain("slow");
    }

    @Test
    void images_that_no_container_has_are_pruned() throws Exception {
        ctr.run("containers", "create", "--cgroup", "", IMAGE, "user").go().expect(0);
        ctr.run("images", "tag", IMAGE, "example.org/unused:1").go().expect(0);

        assertThat(ctr.run("images", "prune").go().expect(0).err()).contains("requires --all");
        assertThat(ctr.lines("images", "list", "-q")).contains(IMAGE, "example.org/unused:1");
        var pruned = ctr.run("images", "prune", "--all").go().expect(0);
        assertThat(pruned.err()).contains("deleted image: example.org/unused:1");
        assertThat(ctr.lines("images", "list", "-q")).contains(IMAGE).doesNotContain("example.org/unused:1");
        ctr.run("containers", "delete", "user").go().expect(0);
    }

    @Test
    void a_sandbox_needs_a_shim_that_knows_them_and_its_record_can_be_removed() throws Exception {
        var config =
                Files.writeString(rootless.data().resolve("pod.json"), "{}").toString();
        var run = ctr.run("sandboxes", "run", config, "pod").go().expect(1);
        assertThat(run.err())
                .contains(
                        "failed to create sandbox with shim sandboxer",
                        "service containerd.runtime.sandbox.v1.Sandbox");
        assertThat(ctr.output("sandboxes", "ls")).containsPattern("pod +20.* UTC +io.containerd.runc.v2");
        assertThat(ctr.output("sandboxes", "info", "pod")).contains("\"ID\": \"pod\"", "\"Sandboxer\": \"shim\"");

        assertThat(ctr.run("sandboxes", "rm", "pod").go().expect(0).err()).contains("deleted: pod");
        assertThat(ctr.output("sandboxes", "ls")).doesNotContain("pod");
        assertThat(ctr.output("deprecations", "list")).isEmpty();
    }

    @Test
    void system_calls_are_filtered_when_asked() throws Exception {
        String[] look = {"sh", "-c", "sed -n 's/^Seccomp:[[:space:]]*//p' /proc/self/status"};
        assertThat(run("plain", look)).isEqualTo("0\n");
        assertThat(run("filtered", look, "--seccomp")).isEqualTo("2\n");
    }

    private static String run(String id, String[] command, String... flags) throws Exception {
        return ctr.run("run", "--rm", "--cgroup", "")
                .and(flags)
                .and(IMAGE, id)
                .and(command)
                .output();
    }

    @Test
    void a_running_task_can_be_attached_to() throws Exception {
        var fifos = rootless.data().resolve("fifos").toString();
        var script = "read line; echo \"got $line\"; read line; exit $line";
        var run = ctr.run("run", "-d", "-t", "--fifo-dir", fifos, "--cgroup", "", IMAGE, "asks", "sh", "-c", script);
        try (var terminal = new Terminal(run)) {
            assertThat(terminal.status(SOON)).isEqualTo(0);
        }
        try (var terminal = new Terminal(ctr.run("tasks", "attach", "asks"))) {
            terminal.type("a fish");
            terminal.await("got a fish", SOON);
            terminal.type("7");
            assertThat(terminal.status(SOON)).isEqualTo(7);
        }
        assertThat(ctr.lines("tasks", "list", "-q")).doesNotContain("asks");
        ctr.run("containers", "delete", "asks").go().expect(0);
    }

    @Test
    void an_archive_of_dockers_is_imported_and_runs() throws Exception {
        var archive = Files.write(rootless.data().resolve("saved.tar"), dockerArchive());
        assertThat(ctr.output("images", "import", archive.toString())).contains("example.org/saved:v1");
        assertThat(ctr.lines("images", "list", "-q")).contains("example.org/saved:v1");
        var said = ctr.run("run", "--rm", "--cgroup", "", "example.org/saved:v1", "saved")
                .output();
        assertThat(said).isEqualTo("hello from docker save\n");
    }

    @Test
    void the_daemon_is_asked_to_pull_and_asks_its_verifiers() throws Exception {
        var verifier =
                Files.createDirectory(rootless.data().resolve("verifiers")).resolve("strict");
        Files.writeString(verifier, "#!/bin/sh\necho nobody signed it; exit 1\n");
        Files.setPosixFilePermissions(verifier, PosixFilePermissions.fromString("rwxr-xr-x"));
        try (var registry = TestImages.registry()) {
            var hosts = rootless.hosts(registry.port()).toString();
            var other = "docker.io/library/platforms:latest";
            var refused =
                    ctr.run("images", "pull", "--hosts-dir", hosts, other).go().expect(1);
            assertThat(refused.err()).contains("image verifier strict rejected it", "nobody signed it");
            assertThat(ctr.lines("images", "list", "-q")).doesNotContain(other);

            var alone = ctr.run("images", "pull", "--local", "--hosts-dir", hosts, other)
                    .output();
            assertThat(alone).contains("unpacking linux/", "done: ");
            var misused =
                    ctr.run("images", "pull", "--tlscacert", "x", other).go().expect(1);
            assertThat(misused.err()).contains("\"--tlscacert\" requires \"--local\" flag");
        } finally {
            Files.delete(verifier);
            Files.delete(verifier.resolveSibling(""));
        }
    }

    @Test
    void images_are_converted_and_inspected() throws Exception {
        var archive = Files.write(rootless.data().resolve("plain.tar"), dockerArchive());
        ctr.output("images", "import", "--compress-blobs", "--index-name", "example.org/all:1", archive.toString());
        var docker = ctr.output("images", "inspect", "example.org/all:1");
        assertThat(docker)
                .startsWith("example.org/all:1\n│    Created: 20")
                .contains("└── application/vnd.oci.image.index.v1+json @sha256:")
                .contains("    └── application/vnd.docker.distribution.manifest.v2+json @sha256:")
                .contains("        └── application/vnd.docker.image.rootfs.diff.tar.gzip @sha256:");

        var digest = ctr.output("images", "convert", "--oci", "--uncompress", "example.org/saved:v1", "plain:1")
                .strip();
        assertThat(ctr.output("images", "inspect", "--content", "plain:1"))
                .contains("└── application/vnd.oci.image.manifest.v1+json @" + digest)
                .contains("    └── application/vnd.oci.image.layer.v1.tar @sha256:")
                .contains("│   │\"containerd.io/gc.ref.content.config\": \"sha256:");
        assertThat(ctr.run("run", "--rm", "--cgroup", "", "plain:1", "plain").output())
                .isEqualTo("hello from docker save\n");
        var erofs = ctr.run("images", "convert", "--erofs", "lz4", "plain:1", "x:1")
                .go()
                .expect(1);
        assertThat(erofs.err()).contains("unsupported erofs format \"lz4\", supported: raw, zstd");
    }

    @Test
    void programs_of_an_image_are_installed() throws Exception {
        var archive = Files.write(rootless.data().resolve("tools.tar"), dockerArchive());
        ctr.output("images", "import", "--local", "--base-name", "example.org/saved", archive.toString());
        var place = rootless.data().resolve("opt").toString();
        String[] install = {"install", "--path", place, "example.org/saved:v1"};
        ctr.run(install).go().expect(0);
        assertThat(ctr.run(install).go().expect(1).err()).contains("cannot replace bin/");
        ctr.run("install", "--replace", "--path", place, "example.org/saved:v1")
                .go()
                .expect(0);
        assertThat(rootless.inside("cat", place + "/bin/greet").output()).contains("hello from docker save");
    }

    @Test
    void a_container_that_does_not_run_is_kept_as_an_image() throws Exception {
        ctr.run("containers", "create", "--cgroup", "", IMAGE, "still", "true")
                .go()
                .expect(0);
        ctr.run("containers", "checkpoint", "--rw", "--image", "still", "example.org/kept:1")
                .go()
                .expect(0);
        assertThat(ctr.output("images", "inspect", "example.org/kept:1"))
                .contains("├── application/vnd.oci.image.manifest.v1+json @")
                .contains("    └── application/vnd.oci.image.layer.v1.tar+gzip @");
        var without = ctr.run("containers", "restore", "again", "example.org/kept:1")
                .go()
                .expect(1);
        assertThat(without.err()).contains("media type not found");
        var memory = ctr.run("containers", "checkpoint", "--task", "still", "x:1")
                .go()
                .expect(1);
        assertThat(memory.err()).contains("still");
        ctr.run("containers", "delete", "still").go().expect(0);
    }

    @Test
    void a_shim_and_a_profiler_that_are_not_there_are_named() throws Exception {
        assertThat(ctr.run("shim", "--id", "nobody", "state").go().expect(1).err())
                .contains("fail to connect to container shim with sockets: [/run/containerd/s/");
        assertThat(ctr.run("pprof", "-d", "/nowhere", "heap").go().expect(1).err())
                .contains("connect to the profiler at /nowhere", "jcmd");
        assertThat(ctr.output("plugins", "inspect-runtime")).contains("\"Name\": \"io.containerd.runc.v2\"");
        assertThat(ctr.run("nothing").go().expect(3).err()).isEqualTo("No help topic for 'nothing'\n");
    }

    /// When the daemon is done, its last bytes may be waiting for the reader still.
    @ParameterizedTest
    @EnumSource
    void an_export_is_whole_however_slow_its_reader_is(Where where) throws Exception {
        var size = Long.parseLong(export(where, "wc -c"));
        assertThat(export(where, "{ head -c " + (size - 100_000) + " >/dev/null; sleep 4; wc -c; }"))
                .isEqualTo("100000");
    }

    private static String export(Where where, String reader) throws Exception {
        var run = rootless.inside("sh", "-c", "\"$0\" images export - " + IMAGE + " | " + reader, ctr.program())
                .with("CONTAINERD_NAMESPACE", ctr.namespace());
        return (where == Where.IN_THE_DAEMON ? run : run.with("CORACLE_NO_FORWARD", "1"))
                .output()
                .strip();
    }

    /// What `docker save` wrote before it knew OCI's layout: no index, layers as plain tars that a list names.
    private static byte[] dockerArchive() throws Exception {
        var base = TestImages.busybox();
        var top = new ImageFiles.Tar()
                .file("bin/greet", "#!/bin/sh\necho hello from docker save\n")
                .toBytes();
        var config = ImageFiles.config(
                TestImages.architecture(), "/bin/greet", ImageFiles.digest(base), ImageFiles.digest(top));
        var name = ImageFiles.digest(config).substring("sha256:".length()) + ".json";
        return new ImageFiles.Tar()
                .folder("base/")
                .file("base/layer.tar", base)
                .folder("top/")
                .file("top/layer.tar", top)
                .file(name, config)
                .file("manifest.json", """
                        [{"Config":"%s","RepoTags":["example.org/saved:v1"],"Layers":["base/layer.tar","top/layer.tar"]}]
                        """.formatted(name))
                .toBytes();
    }
}
