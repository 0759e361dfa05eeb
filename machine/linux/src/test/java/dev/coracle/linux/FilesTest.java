package dev.coracle.linux;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FilesTest {
    private static final FileName NAME = FileName.of("name");
    private static final FileName OTHER = FileName.of("other");
    private static final Set<OpenFlag> NEW = Set.of(OpenFlag.READ_WRITE, OpenFlag.CREATE, OpenFlag.EXCLUSIVE);

    @TempDir
    private Path path;

    private Directory directory;

    @BeforeEach
    void open() throws Exception {
        directory = Directory.open(path);
    }

    @AfterEach
    void close() {
        directory.close();
    }

    @Test
    void what_is_written_is_read_back() throws Exception {
        try (var fd = directory.open(NAME, NEW, 0640)) {
            fd.write("hello world".getBytes(UTF_8));
            fd.writeAt(6, "there".getBytes(UTF_8), 0, 5);
            fd.sync();
            fd.syncData();
            var buffer = new byte[32];
            assertThat(fd.readAt(0, buffer, 0, 32)).isEqualTo(11);
            assertThat(new String(buffer, 0, 11, UTF_8)).isEqualTo("hello there");
            assertThat(fd.read(buffer, 0, 32)).isZero();
            assertThat(fd.status().permissions()).isEqualTo(0640 & ~0022);
            assertThat(fd.status().size()).isEqualTo(11);
        }
    }

    @Test
    void a_failure_names_the_call_the_name_and_the_reason() {
        assertThatThrownBy(() -> directory.open(NAME, Set.of(), 0))
                .hasMessage("openat name: no such file or directory")
                .isInstanceOfSatisfying(
                        ErrnoException.class,
                        failure -> assertThat(failure.errno()).isEqualTo(Errno.ENOENT));
    }

    @Test
    void a_closed_descriptor_is_not_used() throws Exception {
        var fd = directory.open(NAME, NEW, 0600);
        fd.close();
        fd.close();
        assertThatThrownBy(fd::sync).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void names_that_are_not_text_survive() throws Exception {
        var odd = FileName.of(new byte[] {'a', (byte) 0xff, (byte) 0x80, '\n'});
        directory.makeDirectory(odd, 0700);
        assertThat(directory.list()).containsExactly(odd);
        directory.makeSymlink(NAME, odd);
        assertThat(directory.readSymlink(NAME)).isEqualTo(odd);
    }

    @Test
    void links_and_renames_stay_in_their_directories() throws Exception {
        Files.writeString(path.resolve("name"), "x");
        directory.makeDirectory(FileName.of("sub"), 0755);
        try (var sub = directory.openDirectory(FileName.of("sub"))) {
            sub.makeLink(OTHER, directory, NAME);
            assertThat(sub.status(OTHER).inode())
                    .isEqualTo(directory.status(NAME).inode());
            assertThat(sub.status(OTHER).links()).isEqualTo(2);
            assertThatThrownBy(() -> directory.rename(NAME, sub, OTHER, Directory.Rename.REFUSE))
                    .hasMessage("renameat2 name to other: file exists");
            directory.makeFifo(FileName.of("fifo"), 0600);
            directory.rename(FileName.of("fifo"), sub, OTHER, Directory.Rename.EXCHANGE);
            assertThat(sub.status(OTHER).type()).isEqualTo(FileStatus.Type.FIFO);
        }
    }

    @Test
    void an_unnamed_file_gets_its_name_at_once() throws Exception {
        try (var file = Fd.open(path, Set.of(OpenFlag.TEMPORARY, OpenFlag.READ_WRITE), 0600)) {
            file.write(new byte[] {1});
            assertThat(directory.list()).isEmpty();
            directory.makeLink(NAME, file);
            assertThat(Files.size(path.resolve("name"))).isEqualTo(1);
        }
    }

    @Test
    void a_symbolic_link_is_never_followed() throws Exception {
        directory.makeSymlink(NAME, FileName.of("/etc/passwd"));
        assertThatThrownBy(() -> directory.open(NAME, Set.of(), 0)).hasMessageContaining("symbolic link");
        assertThatThrownBy(() -> directory.changeMode(NAME, 0600)).isInstanceOf(ErrnoException.class);
        assertThat(directory.status(NAME).type()).isEqualTo(FileStatus.Type.SYMLINK);
        var time = Instant.ofEpochSecond(1_000_000_000, 123_456_789);
        directory.setTimes(NAME, null, time);
        assertThat(directory.status(NAME).modified()).isEqualTo(time);
    }

    @Test
    void only_single_names_are_taken() {
        for (var name : List.of("..", ".", "a/b", "/etc")) {
            assertThatThrownBy(() -> directory.removeTree(FileName.of(name)))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void modes_and_times_are_exact() throws Exception {
        Files.writeString(path.resolve("name"), "x");
        directory.changeMode(NAME, 04751);
        assertThat(directory.status(NAME).permissions()).isEqualTo(04751);
        var time = Instant.ofEpochSecond(-5, 999_999_999);
        directory.setTimes(NAME, time, null);
        assertThat(directory.status(NAME).accessed()).isEqualTo(time);
        directory.setTimes(null, time);
        assertThat(directory.status().modified()).isEqualTo(time);
        directory.changeOwner(NAME, Self.uid(), -1);
    }

    @Test
    void a_tree_is_removed_however_deep_and_whatever_its_modes() throws Exception {
        directory.makeDirectory(NAME, 0755);
        var at = directory.openDirectory(NAME);
        for (var i = 0; i < 350; i++) {
            at.makeDirectory(NAME, 0755);
            at.makeSymlink(OTHER, FileName.of("/etc"));
            var next = at.openDirectory(NAME);
            at.close();
            at = next;
        }
        at.makeDirectory(OTHER, 0);
        at.close();
        directory.changeMode(NAME, 0500);
        directory.removeTree(NAME);
        directory.removeTree(NAME);
        assertThat(directory.list()).isEmpty();
        assertThat(Path.of("/etc/passwd")).exists();
    }

    @Test
    void extended_attributes_are_bytes() throws Exception {
        Files.writeString(path.resolve("name"), "x");
        Xattrs.set(directory, NAME, "user.coracle", new byte[] {0, (byte) 0xff});
        assertThat(Xattrs.find(directory, NAME, "user.coracle").orElseThrow()).containsExactly(0, 0xff);
        assertThat(Xattrs.list(directory, NAME)).contains("user.coracle");
        assertThat(Xattrs.find(directory, NAME, "user.other")).isEmpty();
        try (var fd = directory.open(NAME, Set.of(OpenFlag.READ_WRITE), 0)) {
            Xattrs.set(fd, "user.empty", new byte[0]);
            assertThat(Xattrs.find(fd, "user.empty").orElseThrow()).isEmpty();
            Xattrs.remove(fd, "user.empty");
            assertThat(Xattrs.list(fd)).contains("user.coracle").doesNotContain("user.empty");
        }
        Xattrs.remove(directory, NAME, "user.coracle");
    }

    @Test
    void holes_are_found_and_made() throws Exception {
        try (var fd = directory.open(NAME, NEW, 0600)) {
            FileData.truncate(fd, 1 << 20);
            fd.writeAt(1 << 19, new byte[1 << 16], 0, 1 << 16);
            assertThat(FileData.nextData(fd, 0)).hasValue(1 << 19);
            assertThat(FileData.nextHole(fd, 1 << 19)).hasValue((1 << 19) + (1 << 16));
            FileData.punchHole(fd, 1 << 19, 1 << 16);
            assertThat(FileData.nextData(fd, 0)).isEmpty();
            assertThat(FileData.seekEnd(fd)).isEqualTo(1 << 20);
        }
    }

    @Test
    void data_moves_inside_the_kernel() throws Exception {
        Files.writeString(path.resolve("name"), "0123456789");
        try (var source = directory.open(NAME, Set.of(), 0);
                var target = directory.open(OTHER, NEW, 0600);
                var pipe = Pipe.open()) {
            assertThat(FileData.copyRange(source, target, 4)).isEqualTo(4);
            assertThat(FileData.sendFile(source, target, 2)).isEqualTo(2);
            assertThat(FileData.splice(source, pipe.writer(), 100, false)).isEqualTo(4);
            assertThat(FileData.splice(pipe.reader(), target, 100, false)).isEqualTo(4);
            assertThat(Files.readString(path.resolve("other"))).isEqualTo("0123456789");
        }
    }

    @Test
    void one_at_a_time_holds_the_lock() throws Exception {
        try (var one = directory.open(NAME, NEW, 0600);
                var other = directory.open(NAME, Set.of(), 0)) {
            assertThat(FileData.tryLock(one, false)).isTrue();
            assertThat(FileData.tryLock(other, false)).isFalse();
            FileData.unlock(one);
            assertThat(FileData.tryLock(other, true)).isTrue();
        }
    }

    @Test
    void a_file_system_tells_what_it_is() throws Exception {
        assertThat(FileSystem.of(Path.of("/proc")).magic()).isEqualTo(FileSystem.PROC);
        assertThat(FileSystem.of(path).blocksAvailable()).isPositive();
    }
}
