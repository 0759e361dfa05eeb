package dev.coracle.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import dev.coracle.base.Digest;
import dev.coracle.base.EngineException.DataLoss;
import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.base.EngineException.NotImplemented;
import dev.coracle.core.mounts.Mount;
import dev.coracle.core.mounts.Mounter;
import dev.coracle.core.testkit.MemoryContent;
import dev.coracle.core.types.Descriptor;
import dev.coracle.linux.Directory;
import dev.coracle.linux.FileName;
import dev.coracle.linux.Self;
import dev.coracle.linux.Xattrs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ApplyTest {
    private static final String PLAIN = "application/vnd.oci.image.layer.v1.tar";
    private static final String GZIP = PLAIN + "+gzip";
    private static final String ZSTD = PLAIN + "+zstd";

    @TempDir
    Path folder;

    private final MemoryContent content = new MemoryContent();

    private Path root() throws IOException {
        return Files.createDirectories(folder.resolve("root"));
    }

    private Descriptor apply(String mediaType, byte[] layer) throws IOException {
        return apply(content.add(mediaType, layer), LayerLimits.DEFAULT);
    }

    private Descriptor apply(Descriptor layer, LayerLimits limits) throws IOException {
        var mounts = List.of(new Mount("bind", root().toString(), List.of("rw", "rbind")));
        return new TarLayerStore(new NoMounter(), folder.resolve("tmp"), limits).apply(content, layer, mounts);
    }

    private Descriptor apply(Tarball layer) throws IOException {
        return apply(GZIP, layer.gzip());
    }

    @Test
    void a_layer_becomes_files_and_its_diff_id_is_returned() throws IOException {
        var layer =
                new Tarball().directory("etc").file("etc/hostname", "coracle\n").symlink("etc/link", "hostname");
        var plain = layer.plain();

        var applied = apply(GZIP, Tarball.gzip(plain));

        assertThat(applied).isEqualTo(new Descriptor(PLAIN, Digest.ofBytes(plain), plain.length));
        assertThat(root().resolve("etc/hostname")).hasContent("coracle\n");
        assertThat(Files.readSymbolicLink(root().resolve("etc/link"))).hasToString("hostname");
        for (var name : List.of("etc", "etc/hostname", "etc/link")) {
            assertThat(Files.getLastModifiedTime(root().resolve(name), LinkOption.NOFOLLOW_LINKS)
                            .toInstant())
                    .as(name)
                    .isEqualTo(Tarball.TIME);
        }
    }

    @Test
    void gzip_members_zstd_frames_and_plain_bytes_are_read_alike() throws IOException {
        var plain = new Tarball().file("a", "x".repeat(100_000)).plain();
        var half = plain.length / 2;
        var members = concat(
                Tarball.gzip(Arrays.copyOf(plain, half)), Tarball.gzip(Arrays.copyOfRange(plain, half, plain.length)));
        var frames = concat(
                Zstd.compress(Arrays.copyOf(plain, half)),
                Zstd.compress(Arrays.copyOfRange(plain, half, plain.length)));
        for (var layer : Map.of(GZIP, members, ZSTD, frames, PLAIN, plain).entrySet()) {
            assertThat(apply(layer.getKey(), layer.getValue()).digest()).isEqualTo(Digest.ofBytes(plain));
        }
        assertThat(apply("application/vnd.docker.image.rootfs.diff.tar.gzip", frames)
                        .digest())
                .isEqualTo(Digest.ofBytes(plain));
    }

    private static byte[] concat(byte[] one, byte[] other) {
        var both = Arrays.copyOf(one, one.length + other.length);
        System.arraycopy(other, 0, both, one.length, other.length);
        return both;
    }

    @Test
    void whiteouts_remove_what_lower_layers_brought() throws IOException {
        apply(new Tarball()
                .file("a/one", "1")
                .file("a/two", "2")
                .file("b/deep/x", "x")
                .file("b/y", "y"));

        apply(new Tarball()
                .file("a/.wh.one", "")
                .file("b/new", "n")
                .file("b/.wh..wh..opq", "")
                .file("b/deep/z", "z"));

        assertThat(names()).containsExactly("a", "a/two", "b", "b/deep", "b/deep/z", "b/new");
    }

    @Test
    void files_that_were_there_are_replaced_and_never_changed() throws IOException {
        var before = new Tarball().file("a", "old").file("b", "old").file("c", "old");
        apply(before);
        var others = Files.createDirectory(folder.resolve("others"));
        for (var name : List.of("a", "b", "c")) {
            Files.createLink(others.resolve(name), root().resolve(name));
        }

        apply(new Tarball()
                .file("a", 04777, "new", Map.of("user.x", new byte[] {1}))
                .hardLink("d", "b")
                .symlink("c", "a"));

        assertThat(root().resolve("a")).hasContent("new");
        assertThat(root().resolve("d")).hasContent("old");
        try (var directory = Directory.open(others)) {
            for (var name : List.of("a", "b", "c")) {
                var file = others.resolve(name);
                assertThat(file).hasContent("old");
                assertThat(directory.status(FileName.of(name)).permissions()).isEqualTo(0644);
                assertThat(Files.getLastModifiedTime(file).toInstant()).isEqualTo(Tarball.TIME);
            }
        }
    }

    @Test
    void whiteouts_leave_what_the_layer_itself_brings() throws IOException {
        apply(new Tarball().file("a/one", "1").file("dir/old", "o"));

        apply(new Tarball()
                .file("a/one", "new")
                .file("a/.wh.one", "")
                .file("dir/new", "n")
                .file(".wh.dir", ""));

        assertThat(names()).containsExactly("a", "a/one", "dir", "dir/new");
        assertThat(root().resolve("a/one")).hasContent("new");
    }

    @Test
    void files_directories_and_links_replace_each_other() throws IOException {
        apply(new Tarball().file("f", "f").directory("d").file("d/x", "x").symlink("l", "d"));

        apply(new Tarball().directory("f").file("d", "file").file("l", "not through the link"));

        assertThat(root().resolve("f")).isDirectory();
        assertThat(root().resolve("d")).isRegularFile();
        assertThat(root().resolve("l")).isRegularFile().hasContent("not through the link");
    }

    @Test
    void hard_links_share_one_inode() throws IOException {
        apply(new Tarball().file("a", "same").hardLink("d/b", "a").hardLink("c", "/d/b"));

        var key = Files.readAttributes(root().resolve("a"), "unix:ino").get("ino");
        assertThat(Files.readAttributes(root().resolve("d/b"), "unix:ino")).containsEntry("ino", key);
        assertThat(Files.readAttributes(root().resolve("c"), "unix:ino")).containsEntry("ino", key);
    }

    @Test
    void modes_survive_the_umask_and_the_change_of_owner() throws IOException {
        var before = Self.setFileModeMask(077);
        try {
            apply(new Tarball()
                    .file("tool", 06755, "x", Map.of())
                    .file("open", 0666, "x", Map.of())
                    .file("i/f", ""));
        } finally {
            Self.setFileModeMask(before);
        }
        assertThat(mode("tool")).isEqualTo(06755);
        assertThat(mode("open")).isEqualTo(0666);
        assertThat(mode("i")).as("a directory only implied").isEqualTo(0755);
    }

    private int mode(String name) throws IOException {
        try (var directory = Directory.open(root())) {
            return directory.status(FileName.of(name)).permissions();
        }
    }

    @Test
    void extended_attributes_are_kept_but_not_those_of_overlay_file_systems() throws IOException {
        apply(new Tarball()
                .file(
                        "f",
                        0644,
                        "x",
                        Map.of(
                                "user.note", "kept".getBytes(StandardCharsets.UTF_8),
                                "user.overlay.opaque", new byte[] {'y'},
                                "trusted.overlay.opaque", new byte[] {'y'})));

        try (var directory = Directory.open(root())) {
            var name = FileName.of("f");
            assertThat(Xattrs.list(directory, name)).containsExactly("user.note");
            assertThat(Xattrs.find(directory, name, "user.note")).hasValue("kept".getBytes(StandardCharsets.UTF_8));
        }
    }

    @Test
    void names_are_bytes() throws IOException {
        var name = FileName.of(new byte[] {'l', (byte) 0xe9, '\n'});
        apply(new Tarball()
                .entry(new TarEntry(
                        EntryType.DIRECTORY,
                        name,
                        java.util.Optional.empty(),
                        new TarEntry.Owner(0755, Self.effectiveUid(), Self.effectiveGid()),
                        0,
                        Tarball.TIME)));

        try (var directory = Directory.open(root())) {
            assertThat(directory.list()).containsExactly(name);
        }
    }

    @Test
    void absolute_names_mean_the_root_of_the_image() throws IOException {
        apply(new Tarball().file("/etc/x", "x").directory("./").file("a/../b", "b"));

        assertThat(names()).containsExactly("b", "etc", "etc/x");
    }

    @Test
    void links_inside_the_image_are_followed_inside_the_image() throws IOException {
        apply(new Tarball()
                .directory("run")
                .directory("var")
                .symlink("var/run", "/run")
                .symlink("lib", "usr/lib"));
        Files.createDirectories(root().resolve("usr/lib"));

        apply(new Tarball().file("var/run/pid", "1").file("lib/so", "so").hardLink("lib2", "lib/so"));

        assertThat(root().resolve("run/pid")).hasContent("1");
        assertThat(root().resolve("usr/lib/so")).hasContent("so");
        assertThat(Files.isSymbolicLink(root().resolve("var/run"))).isTrue();
    }

    @Test
    void what_leads_out_of_the_root_is_refused() throws IOException {
        refused(new Tarball().file("../evil", ""), "entry \"../evil\": the path \"../evil\" leads out of the root");
        refused(new Tarball().file("/a/../../evil", ""), "leads out of the root");
        refused(new Tarball().file("a", "").hardLink("b", "../../etc/passwd"), "leads out of the root");
        refused(new Tarball().symlink("up", "../..").file("up/evil", ""), "leads out of the root");
        refused(new Tarball().symlink("out", "/nowhere/tmp").file("out/evil", ""), "which the image does not have");
        refused(new Tarball().symlink("a", "b").symlink("b", "a").file("a/x", ""), "more than 40 symbolic links");
        refused(new Tarball().file("f", "").file("f/x", ""), "\"f\" is not a directory");
        assertThat(folder.resolve("evil")).doesNotExist();
    }

    @Test
    void whiteouts_reach_no_further() throws IOException {
        Files.writeString(folder.resolve("precious"), "");
        refused(new Tarball().file(".wh...", ""), "the whiteout removes no name");
        refused(new Tarball().file(".wh.", ""), "the whiteout removes no name");
        refused(new Tarball().symlink("up", "..").file("up/.wh.precious", ""), "leads out of the root");
        assertThat(folder.resolve("precious")).exists();
    }

    private void refused(Tarball layer, String why) {
        assertThatThrownBy(() -> apply(layer))
                .isInstanceOf(InvalidArgument.class)
                .hasMessageStartingWith("apply layer sha256:")
                .hasMessageContaining(why);
    }

    @Test
    void a_hard_link_to_nothing_says_so() {
        refused(new Tarball().hardLink("b", "a"), "a hard link points to \"a\", which does not exist");
    }

    @Test
    void a_truncated_stream_is_an_error() {
        var layer = new Tarball().file("a", "x".repeat(100_000)).gzip();
        assertThatThrownBy(() -> apply(GZIP, Arrays.copyOf(layer, layer.length - 9)))
                .isInstanceOf(InvalidArgument.class)
                .hasMessageContaining("the gzip stream is cut off");
        var zstd = Zstd.compress(new Tarball().file("a", "x".repeat(100_000)).plain());
        assertThatThrownBy(() -> apply(ZSTD, Arrays.copyOf(zstd, zstd.length - 5)))
                .isInstanceOf(InvalidArgument.class)
                .hasMessageContaining("the zstd stream is damaged");
        var plain = new Tarball().file("a", "x".repeat(100_000)).plain();
        assertThatThrownBy(() -> apply(PLAIN, Arrays.copyOf(plain, 70_000)))
                .isInstanceOf(InvalidArgument.class)
                .hasMessageContaining("the archive ends in the middle of an entry");
    }

    @Test
    void garbage_is_an_error() {
        var garbage = "garbage".repeat(500).getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> apply(PLAIN, garbage)).isInstanceOf(InvalidArgument.class);
        assertThatThrownBy(() -> apply(GZIP, garbage)).isInstanceOf(InvalidArgument.class);
        assertThatThrownBy(() -> apply(GZIP, concat(new Tarball().gzip(), garbage)))
                .isInstanceOf(InvalidArgument.class)
                .hasMessageContaining("where a member should start");
        assertThatThrownBy(() -> apply(PLAIN, new Tarball().gzip()))
                .isInstanceOf(InvalidArgument.class)
                .hasMessageContaining("said to be plain tar, but its bytes are gzip");
        assertThatThrownBy(() -> apply("application/x-cpio", garbage))
                .isInstanceOf(NotImplemented.class)
                .hasMessageContaining("application/x-cpio");
    }

    @Test
    void a_blob_that_changed_on_disk_is_data_loss() {
        var layer = content.add(GZIP, new Tarball().file("a", "1").gzip());
        content.damage(layer.digest(), new Tarball().file("a", "2").gzip());
        assertThatThrownBy(() -> apply(layer, LayerLimits.DEFAULT)).isInstanceOf(DataLoss.class);

        content.damage(
                layer.digest(), Arrays.copyOf(new Tarball().file("a", "1").gzip(), 30));
        assertThatThrownBy(() -> apply(layer, LayerLimits.DEFAULT)).isInstanceOf(DataLoss.class);
    }

    @Test
    void bombs_are_defused() {
        var zeros = content.add(GZIP, Tarball.gzip(new byte[32 << 20]));
        assertThatThrownBy(() -> apply(zeros, new LayerLimits(100, 1L << 40, 100, 1 << 20)))
                .isInstanceOf(InvalidArgument.class)
                .hasMessageContaining("more than 100 times its size");
        assertThatThrownBy(() -> apply(zeros, new LayerLimits(100, 1 << 20, 1 << 20, 1 << 20)))
                .isInstanceOf(InvalidArgument.class)
                .hasMessageContaining("the limit of 1048576 bytes");
        var many = content.add(
                GZIP, new Tarball().file("a", "").file("b", "").file("c", "").gzip());
        assertThatThrownBy(() -> apply(many, new LayerLimits(2, 1 << 20, 100, 1 << 20)))
                .isInstanceOf(InvalidArgument.class)
                .hasMessageContaining("more than 2 entries");
    }

    @Test
    void ten_gigabytes_in_ten_megabytes_are_refused_with_the_usual_limits() throws IOException {
        var size = 10L << 30;
        var header = new java.io.ByteArrayOutputStream();
        new TarWriter(header)
                .begin(new TarEntry(
                        EntryType.FILE,
                        FileName.of("zeros"),
                        java.util.Optional.empty(),
                        new TarEntry.Owner(0644, Self.effectiveUid(), Self.effectiveGid()),
                        size,
                        Tarball.TIME));
        var bomb = new java.io.ByteArrayOutputStream();
        bomb.writeBytes(Tarball.gzip(header.toByteArray()));
        var member = Tarball.gzip(new byte[64 << 20]);
        for (var done = 0L; done < size; done += 64 << 20) {
            bomb.writeBytes(member);
        }
        assertThat(bomb.size()).isLessThan(12 << 20);

        assertThatThrownBy(() -> apply(GZIP, bomb.toByteArray()))
                .isInstanceOf(InvalidArgument.class)
                .hasMessageContaining("as a decompression bomb does");
    }

    @Test
    void a_fifo_is_made() throws IOException {
        apply(new Tarball().special(EntryType.FIFO, "pipe"));

        assertThat(Files.readAttributes(root().resolve("pipe"), "unix:mode").get("mode"))
                .isEqualTo(010600);
    }

    private List<String> names() throws IOException {
        try (Stream<Path> walk = Files.walk(root())) {
            return walk.filter(path -> !path.equals(folder.resolve("root")))
                    .map(path -> folder.resolve("root").relativize(path).toString())
                    .sorted()
                    .toList();
        }
    }

    /// Plain bind mounts are used without mounting.
    private static final class NoMounter implements Mounter {
        @Override
        public void mount(List<Mount> mounts, Path target) {
            throw new AssertionError("nothing here needs a mount");
        }

        @Override
        public void unmount(Path target) {
            throw new AssertionError("nothing here was mounted");
        }
    }
}
