package dev.coracle.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coracle.base.Digest;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.base.EngineException.NotImplemented;
import dev.coracle.core.layers.LayerStore;
import dev.coracle.core.layers.LayerStore.DiffOptions;
import dev.coracle.core.mounts.Mount;
import dev.coracle.core.mounts.Mounter;
import dev.coracle.core.testkit.MemoryContent;
import dev.coracle.core.types.Descriptor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DiffTest {
    private static final String PLAIN = "application/vnd.oci.image.layer.v1.tar";

    @TempDir
    Path folder;

    private final MemoryContent content = new MemoryContent();
    private Path lower;
    private Path upper;

    @BeforeEach
    void make() throws IOException {
        lower = Files.createDirectory(folder.resolve("lower"));
        upper = Files.createDirectory(folder.resolve("upper"));
    }

    private LayerStore layers() {
        var mounter = new Mounter() {
            @Override
            public void mount(List<Mount> mounts, Path root) {
                throw new NotFound("mount " + mounts);
            }

            @Override
            public void unmount(Path root) {}
        };
        return new TarLayerStore(mounter, folder.resolve("tmp"), LayerLimits.DEFAULT);
    }

    private static List<Mount> bind(Path source) {
        return List.of(new Mount("bind", source.toString(), List.of("rbind")));
    }

    private Descriptor diff(String mediaType, Optional<Instant> latest) {
        return layers().diff(
                        content, bind(lower), bind(upper), new DiffOptions(mediaType, "ref", Map.of("a", "b"), latest));
    }

    private List<TarEntry> entries() throws IOException {
        var layer = diff(PLAIN, Optional.empty());
        var all = new ArrayList<TarEntry>();
        var reader = new TarReader(ByteChunks.of(new ByteArrayInputStream(content.bytes(layer.digest()))));
        for (var next = reader.next(); next.isPresent(); next = reader.next()) {
            all.add(next.get());
        }
        return all;
    }

    private List<String> names() throws IOException {
        return entries().stream().map(entry -> entry.name().toString()).toList();
    }

    @Test
    void additions_changes_and_removals_are_written_in_the_order_of_names() throws IOException {
        var time = FileTime.fromMillis(1_000_000);
        for (var root : List.of(lower, upper)) {
            Files.createDirectories(root.resolve("same/deep"));
            Files.setLastModifiedTime(Files.writeString(root.resolve("same/deep/f"), "f"), time);
            Files.createDirectories(root.resolve("touched"));
        }
        Files.createDirectories(lower.resolve("gone/deep"));
        Files.writeString(lower.resolve("touched/old"), "");
        Files.writeString(upper.resolve("touched/new"), "");
        Files.writeString(lower.resolve("was file"), "");
        Files.createDirectories(upper.resolve("was file/now"));

        assertThat(names())
                .containsExactly(
                        ".wh.gone", "touched/", "touched/new", "touched/.wh.old", "was file/", "was file/now/");
    }

    @Test
    void an_inode_with_two_names_is_written_once() throws IOException {
        Files.writeString(upper.resolve("a"), "x");
        Files.createLink(upper.resolve("b"), upper.resolve("a"));

        var entries = entries();
        assertThat(entries).extracting(TarEntry::type).containsExactly(EntryType.FILE, EntryType.HARD_LINK);
        assertThat(entries.getLast().link())
                .hasValueSatisfying(link -> assertThat(link).hasToString("a"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", PLAIN, PLAIN + "+gzip", PLAIN + "+zstd", "application/vnd.docker.image.rootfs.diff.tar.gzip"
            })
    void the_same_tree_gives_the_same_bytes_and_the_diff_id_is_a_label(String mediaType) throws IOException {
        Files.writeString(upper.resolve("a"), "x".repeat(10_000));
        var layer = diff(mediaType, Optional.empty());
        var again = diff(mediaType, Optional.empty());

        assertThat(again).isEqualTo(layer);
        assertThat(layer.mediaType()).isEqualTo(mediaType.isEmpty() ? PLAIN + "+gzip" : mediaType);
        assertThat(layer.size()).isEqualTo(content.bytes(layer.digest()).length);
        var labels = content.info(layer.digest()).labels();
        assertThat(labels).containsEntry("a", "b");
        var target = Files.createDirectory(folder.resolve("target"));
        var applied = layers().apply(content, layer, bind(target));
        assertThat(labels)
                .containsEntry("containerd.io/uncompressed", applied.digest().toString());
        assertThat(content.openIngests()).isEmpty();
    }

    @Test
    void times_after_the_source_date_are_cut() throws IOException {
        var limit = Instant.ofEpochSecond(1000);
        Files.setLastModifiedTime(Files.writeString(upper.resolve("new"), ""), FileTime.from(limit.plusSeconds(5)));
        Files.setLastModifiedTime(Files.writeString(upper.resolve("old"), ""), FileTime.from(limit.minusSeconds(5)));
        var layer = diff(PLAIN, Optional.of(limit));

        var target = Files.createDirectory(folder.resolve("target"));
        layers().apply(content, layer, bind(target));
        assertThat(Files.getLastModifiedTime(target.resolve("new")).toInstant()).isEqualTo(limit);
        assertThat(Files.getLastModifiedTime(target.resolve("old")).toInstant()).isEqualTo(limit.minusSeconds(5));
    }

    @Test
    void a_tree_without_a_lower_one_is_written_whole() throws IOException {
        Files.writeString(Files.createDirectory(upper.resolve("d")).resolve("f"), "f");
        var layer =
                layers().diff(content, List.of(), bind(upper), new DiffOptions(PLAIN, "", Map.of(), Optional.empty()));

        assertThat(layer.digest()).isEqualTo(Digest.ofBytes(content.bytes(layer.digest())));
    }

    @Test
    void a_failure_leaves_no_ingest() {
        assertThatThrownBy(() -> diff("application/json", Optional.empty())).isInstanceOf(NotImplemented.class);
        var overlay = List.of(new Mount("overlay", "overlay", List.of("lowerdir=/nowhere:/else")));
        assertThatThrownBy(() -> layers().diff(
                                content, bind(lower), overlay, new DiffOptions("", "x", Map.of(), Optional.empty())))
                .isInstanceOf(NotFound.class);

        assertThat(content.openIngests()).isEmpty();
        assertThat(folder.resolve("tmp").toFile().list()).isNullOrEmpty();
    }

    @Test
    void an_overlay_and_the_layers_below_it_are_recognised() {
        var overlay = new Mount("overlay", "overlay", List.of("upperdir=/u", "workdir=/w", "lowerdir=/b:/a"));
        var view = new Mount("overlay", "overlay", List.of("userxattr", "lowerdir=/b:/a"));
        var other = new Mount("overlay", "overlay", List.of("lowerdir=/c:/a"));
        var one = new Mount("overlay", "overlay", List.of("upperdir=/u", "lowerdir=/a"));
        var bind = new Mount("bind", "/a", List.of("ro"));

        assertThat(OverlayPair.upperDirectory(List.of(view), List.of(overlay))).hasValue("/u");
        assertThat(OverlayPair.upperDirectory(List.of(bind), List.of(one))).hasValue("/u");
        assertThat(OverlayPair.upperDirectory(List.of(other), List.of(overlay))).isEmpty();
        assertThat(OverlayPair.upperDirectory(List.of(overlay), List.of(overlay)))
                .isEmpty();
        assertThat(OverlayPair.upperDirectory(List.of(), List.of(overlay))).isEmpty();
        assertThat(OverlayPair.upperDirectory(List.of(view), List.of(bind))).isEmpty();
    }
}
