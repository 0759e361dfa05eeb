package dev.coracle.mounts;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coracle.core.mounts.Mount;
import dev.coracle.linux.MountFlag;
import dev.coracle.linux.Propagation;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MountOptionsTest {
    @Test
    void words_of_fstab_become_flags_and_the_rest_is_data() {
        var options = MountOptions.parse(List.of("defaults", "ro", "nosuid", "size=1m", "rslave", "mode=0700", ""));

        assertThat(options.flags()).containsExactlyInAnyOrder(MountFlag.READ_ONLY, MountFlag.NO_SUID);
        assertThat(options.propagation()).hasValue(Propagation.RSLAVE);
        assertThat(options.joinedData()).isEqualTo("size=1m,mode=0700");
    }

    @Test
    void later_words_win() {
        assertThat(MountOptions.parse(List.of("ro", "nodev", "rw", "dev", "noexec"))
                        .flags())
                .containsExactly(MountFlag.NO_EXEC);
        assertThat(MountOptions.parse(List.of("rbind")).flags())
                .containsExactlyInAnyOrder(MountFlag.BIND, MountFlag.RECURSIVE);
    }

    @Test
    void paths_of_an_overlay_become_relative_to_what_they_share() {
        var compact = OverlayOptions.compact(
                List.of("index=off", "workdir=/r/s/3/work", "upperdir=/r/s/3/fs", "lowerdir=/r/s/2/fs:/r/s/1/fs"));

        assertThat(compact)
                .hasValue(new OverlayOptions(
                        Path.of("/r/s"), "index=off,workdir=3/work,upperdir=3/fs,lowerdir=2/fs:1/fs"));
    }

    @Test
    void paths_that_share_nothing_or_are_escaped_stay() {
        assertThat(OverlayOptions.compact(List.of("lowerdir=/a/x:/b/y"))).isEmpty();
        assertThat(OverlayOptions.compact(List.of("lowerdir=relative"))).isEmpty();
        assertThat(OverlayOptions.compact(List.of("lowerdir=/a/x\\:y"))).isEmpty();
        assertThat(OverlayOptions.compact(List.of("index=off"))).isEmpty();
    }

    @Test
    void the_options_of_a_hundred_and_twenty_eight_layers_fit_a_page() {
        var root = "/home/somebody/.local/share/containerd/io.containerd.snapshotter.v1.overlayfs/snapshots/";
        var lower = IntStream.range(100_000, 100_128)
                .mapToObj(id -> root + id + "/fs")
                .toList();
        var options = List.of("lowerdir=" + String.join(":", lower), "upperdir=" + root + "9/fs");

        assertThat(String.join(",", options)).hasSizeGreaterThan(4095);
        assertThat(OverlayOptions.compact(options))
                .hasValueSatisfying(compact -> assertThat(compact.data()).hasSizeLessThan(4095));
    }

    @Test
    void fuse_overlayfs_gets_every_option_and_the_target_last() {
        var mount = new Mount("fuse3.fuse-overlayfs", "overlay", List.of("upperdir=/u", "lowerdir=/a:/b"));

        assertThat(FuseOverlayfs.arguments(mount, Path.of("/m")))
                .containsExactly("-o", "upperdir=/u", "-o", "lowerdir=/a:/b", "/m");
    }
}
