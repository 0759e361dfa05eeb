package dev.coracle.integration.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coracle.base.EngineException;
import dev.coracle.core.mounts.Mount;
import dev.coracle.core.mounts.Mounter;
import dev.coracle.linux.Mounts;
import dev.coracle.mounts.LinuxMounter;
import dev.coracle.processes.Spawner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The mounter on its own.
class MountsInside {
    @TempDir
    Path folder;

    private final Mounter mounter = Inside.mounter();
    private int mountsBefore;

    @BeforeEach
    void count() throws IOException {
        mountsBefore = Mounts.list().size();
    }

    @AfterEach
    void nothing_stays_mounted() throws IOException {
        assertThat(Mounts.list()).hasSize(mountsBefore);
    }

    private Path directory(String name) throws IOException {
        return Files.createDirectories(folder.resolve(name));
    }

    private static Mount bind(Path source, String target, String... options) {
        return new Mount("bind", source.toString(), target, List.of(options));
    }

    @Test
    void mounts_are_put_together_beneath_the_root_and_go_together() throws IOException {
        Files.createDirectories(directory("one").resolve("inner/deep"));
        Files.writeString(directory("two").resolve("f"), "two");
        var root = directory("root");

        mounter.mount(
                List.of(
                        bind(directory("one"), "", "rbind", "rw"),
                        bind(directory("two"), "/inner", "rbind", "ro"),
                        new Mount("tmpfs", "tmpfs", "inner/../inner", List.of("size=1m", "nosuid", "mode=0700"))),
                root);
        assertThat(Mounts.list()).hasSize(mountsBefore + 3);
        mounter.unmount(root);
        mounter.unmount(root);

        assertThat(directory("one").resolve("inner/f")).doesNotExist();
    }

    @Test
    void a_target_cannot_leave_the_root() throws IOException {
        Files.createSymbolicLink(directory("one").resolve("out"), folder.resolve("outside"));
        directory("outside");
        var root = directory("root");

        assertThatThrownBy(() -> mounter.mount(
                        List.of(bind(directory("one"), "", "rbind"), bind(directory("one"), "out", "rbind")), root))
                .isInstanceOf(EngineException.NotFound.class);

        assertThat(root.toFile().list()).as("the first mount is undone").isEmpty();
    }

    @Test
    void an_option_that_a_bind_mount_does_not_have_is_an_error() throws IOException {
        var root = directory("root");
        assertThatThrownBy(() -> mounter.mount(List.of(bind(directory("one"), "", "rbind", "colour=blue")), root))
                .isInstanceOf(EngineException.InvalidArgument.class)
                .hasMessageContaining("colour=blue");
    }

    @Test
    void a_file_system_the_kernel_does_not_have_is_an_error() throws IOException {
        var root = directory("root");
        assertThatThrownBy(() -> mounter.mount(List.of(new Mount("nosuchfs", "none", List.of())), root))
                .isInstanceOf(EngineException.NotImplemented.class)
                .hasMessageStartingWith("mount nosuchfs on " + root);
        assertThatThrownBy(() -> mounter.mount(List.of(new Mount("fuse.sshfs", "none", List.of())), root))
                .isInstanceOf(EngineException.NotImplemented.class);
    }

    @Test
    void without_fuse_overlayfs_the_package_is_named() throws IOException {
        try (var spawner = Spawner.open()) {
            var root = directory("root");
            var without = new LinuxMounter(spawner, Optional.empty());
            assertThatThrownBy(() -> without.mount(
                            List.of(new Mount("fuse3.fuse-overlayfs", "overlay", List.of("lowerdir=/"))), root))
                    .isInstanceOfSatisfying(
                            EngineException.FailedPrecondition.class,
                            failure -> assertThat(failure.remedy()).hasValue("install the package fuse-overlayfs"));
        }
    }

    @Test
    void the_program_behind_a_fuse_mount_ends_with_it() throws IOException {
        var root = directory("root");
        var lower = directory("lower");
        mounter.mount(List.of(new Mount("fuse3.fuse-overlayfs", "overlay", List.of("lowerdir=" + lower))), root);
        assertThat(running(root)).isTrue();

        mounter.unmount(root);

        Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> !running(root));
    }

    /// Whether a process works for a mount there; one that has ended has no command line.
    private static boolean running(Path target) throws IOException {
        try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
            return processes
                    .map(process -> process.resolve("cmdline"))
                    .anyMatch(file -> commandLine(file).endsWith("\0" + target + "\0"));
        }
    }

    private static String commandLine(Path file) {
        try {
            return Files.isReadable(file) ? Files.readString(file) : "";
        } catch (IOException _) {
            // it has ended meanwhile
            return "";
        }
    }
}
