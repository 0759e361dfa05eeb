package dev.coracle.core.mounts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coracle.base.EngineException.FailedPrecondition;
import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.base.EngineException.NotImplemented;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MountPlanTest {
    private static final Mount BIND = new Mount("bind", "/a", List.of("rbind"));
    private static final List<ActiveMount> ACTIVE = List.of(
            new ActiveMount(new Mount("ext4", "/dev/a", "/ta", List.of()), Path.of("/m/0")),
            new ActiveMount(new Mount("ext4", "/dev/b", "/tb", List.of()), Path.of("/m/1")),
            new ActiveMount(new Mount("ext4", "/dev/c", "/tc", List.of()), Path.of("/m/2")));

    /// Remembers which directories were wanted.
    private static final class Wanted implements MountPlaces {
        private final List<String> directories = new ArrayList<>();

        @Override
        public Path mount(String holder, Mount mount) {
            throw new AssertionError("nothing is mounted by a plan");
        }

        @Override
        public void makeDirectory(Path directory, int permissions) {
            directories.add(directory + " " + Integer.toOctalString(permissions));
        }

        @Override
        public void release(String holder) {}

        @Override
        public boolean isMounted(Path place) {
            return false;
        }

        @Override
        public List<String> holders() {
            return List.of();
        }
    }

    private final Wanted places = new Wanted();

    private Mount prepared(Mount mount) {
        return MountPlan.of(List.of(BIND, BIND, BIND, mount), false).prepared(3, ACTIVE, places);
    }

    private static Mount format(String... options) {
        return new Mount("format/overlay", "overlay", List.of(options));
    }

    @Test
    void mounts_that_need_nothing_are_not_planned() {
        assertThatThrownBy(() -> MountPlan.of(List.of(), false)).isInstanceOf(NotImplemented.class);
        assertThatThrownBy(() -> MountPlan.of(List.of(), true)).isInstanceOf(NotImplemented.class);
        assertThatThrownBy(() -> MountPlan.of(List.of(BIND), false)).isInstanceOf(NotImplemented.class);
        assertThatThrownBy(() -> MountPlan.of(List.of(BIND, new Mount("cats/bind", "/a", List.of())), false))
                .isInstanceOf(NotImplemented.class);
    }

    @Test
    void what_needs_a_loop_device_is_refused_with_the_reason() {
        for (var type : List.of("mkfs/loop", "mkfs/ext4", "format/mkfs/ext4", "mkdir/loop", "loop")) {
            for (var temporary : List.of(true, false)) {
                assertThatThrownBy(() -> MountPlan.of(List.of(new Mount(type, "/a", List.of()), format()), temporary))
                        .isInstanceOf(FailedPrecondition.class)
                        .hasMessage("mount of type \"" + type + "\" needs a loop device, which only root in the first"
                                + " user namespace can attach");
            }
        }
    }

    @Test
    void all_before_the_last_that_needs_something_are_made_here() {
        assertThat(MountPlan.of(List.of(BIND, format(), BIND), false).first()).isEqualTo(1);
        assertThat(MountPlan.of(List.of(format(), BIND, format(), BIND), false).first())
                .isEqualTo(2);
        assertThat(MountPlan.of(List.of(BIND, BIND), true).first()).isEqualTo(2);
    }

    @Test
    void formats_name_mounts_before_theirs() {
        assertThat(prepared(format(
                                "lowerdir={{ overlay 0 2 }}",
                                "down={{ overlay 2 1 }}",
                                "upperdir={{ mount 1 }}/u",
                                "s={{source 0}} t={{- target 2 -}}",
                                "plain"))
                        .options())
                .containsExactly(
                        "lowerdir=/m/0:/m/1:/m/2", "down=/m/2:/m/1", "upperdir=/m/1/u", "s=/dev/a t=/tc", "plain");
        assertThat(prepared(new Mount("format/bind", "{{ mount 0 }}/x", "{{ target 0 }}", List.of())))
                .isEqualTo(new Mount("bind", "/m/0/x", "/ta", List.of()));
    }

    @Test
    void a_format_that_makes_no_sense_is_refused() {
        for (var bad :
                List.of("{{ mount 3 }}", "{{ overlay 1 3 }}", "{{ cats 1 }}", "{{ mount }}", "{{ mount 99999 }}")) {
            assertThatThrownBy(() -> prepared(format(bad))).isInstanceOf(InvalidArgument.class);
        }
    }

    @Test
    void directories_are_made_before_the_mount() {
        var mount = new Mount(
                "format/mkdir/overlay",
                "overlay",
                List.of("X-containerd.mkdir.path={{ mount 0 }}/u", "X-containerd.mkdir.path=/r/w:0755", "index=off"));

        assertThat(prepared(mount)).isEqualTo(new Mount("overlay", "overlay", List.of("index=off")));
        assertThat(places.directories).containsExactly("/m/0/u 700", "/r/w 755");
    }

    @Test
    void a_directory_needs_a_path_and_permissions_that_can_be_read() {
        for (var bad : List.of("mode=1", "path=/r:abc", "path=/r:1777", "path=/r:755:1")) {
            var mount = new Mount("mkdir/bind", "/a", List.of("X-containerd.mkdir." + bad));
            assertThatThrownBy(() -> prepared(mount)).isInstanceOf(InvalidArgument.class);
        }
        assertThatThrownBy(
                        () -> prepared(new Mount("mkdir/bind", "/a", List.of("X-containerd.mkdir.path=/r:0755:1:1"))))
                .isInstanceOf(NotImplemented.class);
    }
}
