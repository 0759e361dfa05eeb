package dev.coracle.integration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coracle.integration.FaultyRegistry.Login;
import dev.coracle.integration.ImageFiles.Blob;
import dev.coracle.integration.ImageFiles.Tar;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Pulling from registries that fail, ask for a login, or lie.
class PullTest {
    private static final String UBUNTU = "docker.io/library/ubuntu:latest";
    private static final String BAD = "docker.io/library/bad:latest";

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

    @Test
    void a_cut_connection_is_taken_up_where_it_broke() throws Exception {
        var ctr = fresh("cut");
        try (var faulty = new FaultyRegistry(registry).cut(3, 20_000_000)) {
            ctr.pull(faulty.port(), UBUNTU);
            assertThat(faulty.requests()).anyMatch(request -> request.matches("GET .*/blobs/.* bytes=[1-9].*"));
        }
        for (var digest : ctr.lines("content", "list", "-q")) {
            var content = ctr.run("content", "get", digest).words();
            var pipe = rootless.inside(
                            "sh", "-c", String.join(" ", content.subList(7, content.size())) + " | sha256sum")
                    .with("CONTAINERD_NAMESPACE", "cut");
            assertThat(pipe.output()).startsWith(digest.substring("sha256:".length()));
        }
    }

    @ParameterizedTest
    @EnumSource(Login.class)
    void a_registry_may_ask_for_a_login(Login login) throws Exception {
        var ctr = fresh("login-" + login.name().toLowerCase(java.util.Locale.ROOT));
        try (var faulty = new FaultyRegistry(registry).require(login)) {
            var hosts = rootless.hosts(faulty.port()).toString();
            ctr.run(
                            "images",
                            "pull",
                            "--hosts-dir",
                            hosts,
                            "--user",
                            "penguin:s3cret",
                            "docker.io/library/busybox:latest")
                    .go()
                    .expect(0);
        }
    }

    @Test
    void blobs_may_lie_elsewhere() throws Exception {
        try (var faulty = new FaultyRegistry(registry).require(Login.TOKEN).redirect()) {
            fresh("elsewhere").pull(faulty.port(), "docker.io/library/busybox:latest");
        }
    }

    @Test
    void an_index_gives_the_image_for_this_machine() throws Exception {
        var ctr = fresh("index");
        ctr.pull(registry, "docker.io/library/platforms:latest");
        ctr.run("run", "--rm", "--cgroup", "", "docker.io/library/platforms:latest", "p", "true")
                .go()
                .expect(0);
    }

    @Test
    void an_index_without_this_machine_is_refused() throws Exception {
        var index = """
                {"schemaVersion":2,"mediaType":"%s","manifests":[{"mediaType":"%s","digest":"%s","size":7,\
                "platform":{"os":"linux","architecture":"mips64"}}]}
                """.formatted(ImageFiles.INDEX, ImageFiles.MANIFEST, ImageFiles.digest(new byte[7]))
                .getBytes(StandardCharsets.UTF_8);
        try (var faulty = new FaultyRegistry(registry).manifest("library/bad", "latest", ImageFiles.INDEX, index)) {
            refused("no-platform", faulty, "linux/" + TestImages.architecture());
        }
    }

    @Test
    void a_layer_with_other_bytes_is_refused() throws Exception {
        var layer = ImageFiles.gzip(new Tar().file("file", "true").toBytes());
        var other = layer.clone();
        other[other.length - 9] ^= 1;
        try (var faulty = image(blob(layer), layer).blob(ImageFiles.digest(layer), other)) {
            refused("digest", faulty, ImageFiles.digest(layer));
        }
    }

    @Test
    void a_layer_of_another_size_is_refused() throws Exception {
        var layer = ImageFiles.gzip(new Tar().file("file", "true").toBytes());
        for (long wrong : List.of(layer.length - 1L, layer.length + 1L)) {
            var descriptor = new Blob(ImageFiles.LAYER, ImageFiles.digest(layer), wrong);
            try (var faulty = image(descriptor, layer)) {
                refused("size" + (wrong > layer.length), faulty, "bytes");
            }
        }
    }

    @Test
    void a_truncated_layer_is_refused() throws Exception {
        var whole = ImageFiles.gzip(new Tar().file("file", "x".repeat(100_000)).toBytes());
        var layer = Arrays.copyOf(whole, whole.length - 40);
        try (var faulty = image(blob(layer), layer)) {
            refused("truncated", faulty, "");
        }
    }

    @Test
    void a_missing_layer_is_refused() throws Exception {
        var layer = ImageFiles.gzip(new Tar().file("file", "true").toBytes());
        var descriptor = new Blob(ImageFiles.LAYER, ImageFiles.digest(new byte[1]), layer.length);
        try (var faulty = image(descriptor, layer)) {
            refused("missing", faulty, "not found");
        }
    }

    @Test
    void a_layer_cannot_write_outside_of_its_root() throws Exception {
        var marker = "escaped-" + ProcessHandle.current().pid();
        var layers = List.of(
                new Tar().file("../../../../../../../../" + rootless.data() + "/" + marker, "x"),
                new Tar().symlink("out", rootless.data().toString()).file("out/" + marker, "x"),
                new Tar()
                        .symlink("up", "../../../../../../../../.." + rootless.data())
                        .file("up/" + marker, "x"),
                new Tar().hardlink("passwd", "../../../../../../../../../etc/passwd"));
        for (var tar : layers) {
            var layer = ImageFiles.gzip(tar.toBytes());
            try (var faulty = image(blob(layer), layer)) {
                refused("escape-" + layers.indexOf(tar), faulty, "layer entry");
            }
            assertThat(rootless.data().resolve(marker)).doesNotExist();
        }
    }

    @Test
    void an_absolute_name_in_a_layer_begins_at_its_root() throws Exception {
        var marker = "absolute-" + ProcessHandle.current().pid();
        var layer = ImageFiles.gzip(
                new Tar().file(rootless.data() + "/" + marker, "x").toBytes());
        try (var faulty = image(blob(layer), layer)) {
            fresh("absolute")
                    .run(
                            "images",
                            "pull",
                            "--hosts-dir",
                            rootless.hosts(faulty.port()).toString(),
                            BAD)
                    .go()
                    .expect(0);
        }
        assertThat(rootless.data().resolve(marker)).doesNotExist();
    }

    @Test
    void a_bomb_is_refused() throws Exception {
        var bytes = new ByteArrayOutputStream();
        bytes.writeBytes(ImageFiles.gzip(Arrays.copyOf(hugeFile(), 512)));
        var zeros = ImageFiles.gzip(new byte[100 << 20]);
        for (int i = 0; i < 100; i++) {
            bytes.writeBytes(zeros);
        }
        var layer = bytes.toByteArray();
        assertThat(layer.length).isLessThan(11 << 20);
        var free = freeBytes();
        try (var faulty = image(blob(layer), layer)) {
            refused("bomb", faulty, "");
        }
        assertThat(free - freeBytes()).isLessThan(1L << 30);
    }

    private static long freeBytes() throws IOException {
        return Files.getFileStore(rootless.data()).getUsableSpace();
    }

    /// The header of a file of 10 GB.
    private static byte[] hugeFile() {
        var header = new Tar().file("huge", "").toBytes();
        var size = "%011o".formatted(100L * (100 << 20)).getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(size, 0, header, 124, size.length);
        Arrays.fill(header, 148, 156, (byte) ' ');
        int sum = 0;
        for (int i = 0; i < 512; i++) {
            sum += header[i] & 0xff;
        }
        System.arraycopy("%06o\0 ".formatted(sum).getBytes(StandardCharsets.US_ASCII), 0, header, 148, 8);
        return header;
    }

    private static Blob blob(byte[] layer) {
        return new Blob(ImageFiles.LAYER, ImageFiles.digest(layer), layer.length);
    }

    /// `library/bad`, with a layer that its manifest may describe wrongly.
    private static FaultyRegistry image(Blob descriptor, byte[] layer) throws IOException {
        byte[] unpacked;
        try {
            unpacked = new java.util.zip.GZIPInputStream(new java.io.ByteArrayInputStream(layer)).readNBytes(1 << 20);
        } catch (IOException e) {
            unpacked = new byte[0];
        }
        var config = ImageFiles.config(TestImages.architecture(), "/bin/sh", ImageFiles.digest(unpacked));
        var described = new Blob(ImageFiles.CONFIG, ImageFiles.digest(config), config.length);
        return new FaultyRegistry(registry)
                .blob(ImageFiles.digest(layer), layer)
                .blob(described.digest(), config)
                .manifest("library/bad", "latest", ImageFiles.MANIFEST, ImageFiles.manifest(described, descriptor));
    }

    /// Expects a clear error, soon, and that nothing is left of it.
    private static void refused(String namespace, FaultyRegistry faulty, String expected) throws Exception {
        var ctr = fresh(namespace);
        var result = ctr.run(
                        "images",
                        "pull",
                        "--hosts-dir",
                        rootless.hosts(faulty.port()).toString(),
                        BAD)
                .go();
        assertThat(result.status()).as(result.toString()).isEqualTo(1);
        assertThat(result.err())
                .contains(expected)
                .doesNotContain("dev.coracle")
                .doesNotContain("\tat ");
        // what the pull's lease held is collected soon after it
        Awaitility.await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            assertThat(ctr.lines("snapshots", "list").stream().skip(1)).isEmpty();
            assertThat(ctr.run("content", "active").output().lines().skip(1)).isEmpty();
        });
        assertThat(rootless.mounts()).isEmpty();
    }

    private static Ctr fresh(String namespace) {
        return new Ctr(rootless, Host.ours("ctr"), "native", namespace);
    }
}
