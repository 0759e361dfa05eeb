package dev.coracle.integration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coracle.integration.ImageFiles.Tar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Images that come in an archive, are looked at as files, and go to a registry, as a person with `ctr` sees it.
class ImagesTest {
    private static final String MINE = TestImages.architecture();
    private static final String OTHER = MINE.equals("amd64") ? "arm64" : "amd64";
    private static final String NAME = "example.org/two:v1";
    private static final OciLayout TWO = new OciLayout(NAME, MINE, OTHER);

    @SuppressWarnings("NullAway.Init")
    private static Rootless rootless;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    /// Who carries a transfer out.
    enum By {
        DAEMON,
        CTR
    }

    @BeforeAll
    static void start() throws Exception {
        rootless = Rootless.start();
    }

    @AfterAll
    static void end() throws Exception {
        rootless.close();
    }

    private static Ctr in(String namespace) {
        return new Ctr(rootless, Host.ours("ctr"), "native", namespace);
    }

    private static String archive(OciLayout layout) throws IOException {
        return Files.write(Files.createTempFile(rootless.data(), "layout", ".tar"), layout.toBytes())
                .toString();
    }

    private static Run.Result load(Ctr ctr, By by, OciLayout layout, String... flags) throws Exception {
        var run = ctr.run("images", "import").and(flags);
        return run.and(by == By.CTR ? new String[] {"--local", archive(layout)} : new String[] {archive(layout)})
                .go();
    }

    /// What is there when what nothing holds is gone.
    private static void holds(Ctr ctr, Collection<String> digests) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .untilAsserted(() ->
                        assertThat(ctr.lines("content", "list", "-q")).containsExactlyInAnyOrderElementsOf(digests));
    }

    private static List<String> with(List<String> some, String... more) {
        var all = new ArrayList<>(some);
        all.addAll(List.of(more));
        return all;
    }

    @ParameterizedTest
    @EnumSource
    void of_an_archive_the_content_of_this_platform_is_kept(By by) throws Exception {
        var ctr = in("mine-" + by);
        load(ctr, by, TWO).expect(0);

        holds(ctr, with(TWO.of(MINE).all(), TWO.index(), TWO.of(OTHER).manifest()));
        assertThat(ctr.output("images", "list")).contains(NAME, TWO.index(), "linux/" + MINE);
        assertThat(ctr.output("snapshots", "list")).contains(TWO.of(MINE).diffId());
        assertThat(ctr.output("images", "check", "name==" + NAME)).contains("complete (2/2)", " true");
    }

    @ParameterizedTest
    @EnumSource
    void or_that_of_another(By by) throws Exception {
        var ctr = in("other-" + by);
        load(ctr, by, TWO, "--platform", "linux/" + OTHER).expect(0);

        holds(ctr, with(TWO.of(OTHER).all(), TWO.index(), TWO.of(MINE).manifest()));
        assertThat(ctr.output("snapshots", "list"))
                .contains(TWO.of(OTHER).diffId())
                .doesNotContain(TWO.of(MINE).diffId());
    }

    @ParameterizedTest
    @EnumSource
    void or_that_of_all_which_can_leave_again(By by) throws Exception {
        var ctr = in("all-" + by);
        load(ctr, by, TWO, "--all-platforms", "--label", "colour=red").expect(0);

        var everything = with(TWO.of(MINE).all(), TWO.index());
        everything.addAll(TWO.of(OTHER).all());
        holds(ctr, everything);
        assertThat(ctr.output("images", "list"))
                .contains("colour=red")
                .containsPattern("linux/amd64,linux/arm64|linux/arm64,linux/amd64");
        var file = folder.resolve("all.tar").toString();
        ctr.run("images", "export", "--all-platforms", file, NAME).go().expect(0);
        var again = in("again-" + by);
        again.output("images", "import", "--all-platforms", "--no-unpack", file);
        holds(again, everything);
        assertThat(again.lines("snapshots", "list")).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource
    void the_whole_of_an_archive_can_have_a_name(By by) throws Exception {
        var ctr = in("whole-" + by);
        load(ctr, by, TWO, "--index-name", "example.org/whole:1").expect(0);

        assertThat(ctr.output("images", "list", "name==example.org/whole:1")).contains(TWO.whole());
        assertThat(ctr.output("images", "list", "name==" + NAME)).contains(TWO.index());
        holds(
                ctr,
                with(TWO.of(MINE).all(), TWO.whole(), TWO.index(), TWO.of(OTHER).manifest()));
    }

    @ParameterizedTest
    @EnumSource
    void what_has_no_name_has_one_by_its_digest_when_that_is_asked_for(By by) throws Exception {
        var ctr = in("digests-" + by);
        var nameless = new OciLayout("", MINE);
        load(ctr, by, nameless).expect(0);
        assertThat(ctr.lines("images", "list", "-q")).isEmpty();

        load(ctr, by, nameless, "--digests", "--base-name", "example.org/base").expect(0);
        assertThat(ctr.lines("images", "list", "-q")).contains("example.org/base@" + nameless.index());

        load(ctr, by, new OciLayout("v2", MINE), "--base-name", "example.org/base")
                .expect(0);
        assertThat(ctr.lines("images", "list", "-q")).contains("example.org/base:v2");
        load(ctr, by, new OciLayout("v3", MINE)).expect(0);
        assertThat(ctr.lines("images", "list", "-q")).anyMatch(name -> name.matches("import-20[0-9-]{8}:v3"));
    }

    @ParameterizedTest
    @EnumSource
    void what_is_no_archive_is_refused(By by) throws Exception {
        var ctr = in("none-" + by);
        String[] load = by == By.CTR ? new String[] {"images", "import", "--local"} : new String[] {"images", "import"};
        var missing = folder.resolve("missing.tar").toString();
        assertThat(ctr.run(load).and(missing).go().expect(1).err())
                .isEqualTo("ctr: open " + missing + ": no such file or directory\n");
        assertThat(ctr.run(load).go().expect(1).err()).isEqualTo("ctr: open : no such file or directory\n");
        var text = Files.write(rootless.data().resolve("text"), new byte[1024]).toString();
        assertThat(ctr.run(load).and(text).go().expect(1).err()).contains("unrecognized image format");
        var file = Files.writeString(rootless.data().resolve("letters"), "x".repeat(5000));
        assertThat(ctr.run(load).and(file.toString()).go().expect(1).err()).contains("malformed header");
        assertThat(ctr.lines("images", "list", "-q")).isEmpty();
    }

    @Test
    void the_snapshots_of_an_image_have_a_size() throws Exception {
        var ctr = in("usage");
        load(ctr, By.DAEMON, TWO, "--no-unpack").expect(0);
        assertThat(ctr.run("images", "usage", NAME).go().expect(1).err())
                .contains("image " + NAME + " isn't unpacked in snapshotter native");
        assertThat(ctr.run("images", "usage", "nobody:1").go().expect(1).err())
                .isEqualTo("ctr: failed to ensure if image nobody:1 exists: image \"nobody:1\": not found\n");

        load(ctr, By.DAEMON, TWO).expect(0);
        var lines = ctr.lines("images", "usage", NAME);
        assertThat(lines).hasSize(2);
        assertThat(lines.getFirst()).matches("KEY +SIZE +INODES *");
        assertThat(lines.getLast()).matches(TWO.of(MINE).diffId() + " +[0-9.]+ KiB +3 *");
    }

    @Test
    void an_image_is_mounted_and_unmounted_as_often_as_one_likes() throws Exception {
        var ctr = in("mount");
        load(ctr, By.DAEMON, TWO).expect(0);
        var before = mounts();
        var place = rootless.inside("mktemp", "-d").output().strip();
        var who = place + "/etc/who";

        assertThat(ctr.lines("images", "mount", NAME, place))
                .containsExactly(TWO.of(MINE).diffId(), place);
        assertThat(rootless.inside("cat", who).output()).isEqualTo(MINE + "\n");
        assertThat(rootless.inside("touch", who).go().expect(1).err()).contains("Read-only file system");
        assertThat(ctr.output("images", "unmount", place)).isEqualTo(place + "\n");
        assertThat(mounts()).isEqualTo(before);
        assertThat(ctr.output("snapshots", "list")).contains(place);
        assertThat(ctr.lines("images", "mount", NAME, place)).contains(place);
        ctr.run("images", "unmount", "--rm", place).go().expect(0);

        ctr.run("images", "mount", "--rw", NAME, place).go().expect(0);
        rootless.inside("sh", "-c", "echo me >" + who).output();
        assertThat(rootless.inside("cat", who).output()).isEqualTo("me\n");
        ctr.run("images", "unmount", "--rm", place).go().expect(0);
        assertThat(mounts()).isEqualTo(before);
        assertThat(ctr.output("snapshots", "list")).doesNotContain(place);
        assertThat(ctr.lines("leases", "list", "-q")).isEmpty();

        ctr.run("images", "mount", "--rw", NAME, place).go().expect(0);
        assertThat(rootless.inside("cat", who).output())
                .as("what was written is gone")
                .isEqualTo(MINE + "\n");
        ctr.run("images", "unmount", "--rm", place).go().expect(0);
        assertThat(ctr.run("images", "mount", "nobody:1", place).go().expect(1).err())
                .contains("image \"nobody:1\": not found");
        assertThat(ctr.run("images", "mount", NAME, place + "/nowhere")
                        .go()
                        .expect(1)
                        .err())
                .contains("failed to mount", place + "/nowhere");
        assertThat(mounts()).isEqualTo(before);
    }

    private static List<String> mounts() throws IOException {
        try (var lines = Files.lines(Path.of("/proc", Long.toString(rootless.childPid()), "mountinfo"))) {
            return lines.map(line -> line.split(" ")[4]).toList();
        }
    }

    @ParameterizedTest
    @EnumSource
    void an_image_is_sent_to_a_registry_and_not_twice(By by) throws Exception {
        var ctr = in("push-" + by);
        load(ctr, By.DAEMON, TWO, "--all-platforms").expect(0);
        try (var registry = new Registry(folder)) {
            push(ctr, by, registry.port(), "team/two:v1", NAME).expect(0);
            var sent = requests(registry, "PUT .*/team/two/");
            assertThat(sent).as("four blobs, two manifests, an index").hasSize(7);
            assertThat(requests(registry, "PATCH")).isEmpty();
            push(ctr, by, registry.port(), "team/two:v2", NAME).expect(0);
            assertThat(requests(registry, "PUT .*/team/two/")).hasSize(8);

            var back = in("back-" + by);
            var hosts = rootless.hosts(registry.port()).toString();
            back.output("images", "pull", "--all-platforms", "--hosts-dir", hosts, "docker.io/team/two:v2");
            var everything = with(TWO.of(MINE).all(), TWO.index());
            everything.addAll(TWO.of(OTHER).all());
            holds(back, everything);
        }
    }

    @Test
    void a_registry_is_asked_for_what_another_of_its_repositories_has() throws Exception {
        var ctr = in("sibling");
        try (var registry = new Registry(folder)) {
            var layer = ImageFiles.gzip(new Tar().file("etc/who", "sibling\n").toBytes());
            TestImages.push(registry, "team/first", "v1", layer, "/bin/who");
            ctr.pull(registry, "docker.io/team/first:v1");

            push(ctr, By.DAEMON, registry.port(), "team/second:v1", "docker.io/team/first:v1")
                    .expect(0);

            assertThat(requests(registry, "POST .*/team/second/blobs/uploads/.*mount=.*from=team%2Ffirst.*\" 201 "))
                    .as("the layer and the configuration")
                    .hasSize(2);
            assertThat(requests(registry, "PUT .*/team/second/blobs/")).isEmpty();
            assertThat(requests(registry, "PUT /v2/team/second/manifests/v1.*\" 201 "))
                    .hasSize(1);
        }
    }

    @Test
    void what_is_too_large_for_a_request_goes_in_pieces_and_on_where_it_broke() throws Exception {
        var noise = new byte[200_000];
        new Random(7).nextBytes(noise);
        var ctr = in("pieces");
        try (var registry = new Registry(folder)) {
            var layer = ImageFiles.gzip(new Tar().file("noise", noise).toBytes());
            TestImages.push(registry, "team/large", "v1", layer, "/noise");
            ctr.pull(registry, "docker.io/team/large:v1");
        }
        try (var registry = new Registry(Files.createDirectory(folder.resolve("empty")));
                var faulty = new FaultyRegistry(registry).takeAtMost(100_000).breakUploads(1)) {
            push(ctr, By.DAEMON, faulty.port(), "team/large:v1", "docker.io/team/large:v1")
                    .expect(0);

            assertThat(faulty.requests().stream().filter(request -> request.startsWith("PATCH ")))
                    .as("the piece that broke, and what was left of it")
                    .hasSize(2);
            var back = in("pieces-back");
            back.pull(registry, "docker.io/team/large:v1");
            assertThat(back.lines("content", "list", "-q"))
                    .containsExactlyInAnyOrderElementsOf(ctr.lines("content", "list", "-q"));
        }
    }

    private static Run.Result push(Ctr ctr, By by, int port, String remote, String local) throws Exception {
        var run = ctr.run("images", "push", "--hosts-dir", rootless.hosts(port).toString());
        return (by == By.CTR ? run.and("--local") : run)
                .and("docker.io/" + remote, local)
                .go();
    }

    /// What a registry was asked and how it answered, as far as it matches.
    private static List<String> requests(Registry registry, String pattern) throws IOException {
        return registry.requests().stream()
                .filter(request -> request.matches(".*\"" + pattern + ".*"))
                .toList();
    }
}
