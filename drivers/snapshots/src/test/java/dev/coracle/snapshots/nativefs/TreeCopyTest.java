package dev.coracle.snapshots.nativefs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coracle.linux.Directory;
import dev.coracle.linux.FileName;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TreeCopyTest {
    @TempDir
    Path folder;

    private Path source;
    private Path target;

    @BeforeEach
    void make() throws IOException {
        source = Files.createDirectory(folder.resolve("source"));
        target = Files.createDirectory(folder.resolve("target"));
    }

    private void copy() throws IOException {
        try (var from = Directory.open(source);
                var to = Directory.open(target)) {
            TreeCopy.copy(from, to);
        }
    }

    @Test
    void hard_links_stay_together() throws IOException {
        Files.createDirectories(source.resolve("d/e"));
        Files.writeString(source.resolve("d/e/a"), "same");
        Files.createLink(source.resolve("b"), source.resolve("d/e/a"));
        Files.createSymbolicLink(source.resolve("s"), Path.of("d/e"));
        copy();

        assertThat(target.resolve("b")).hasContent("same");
        assertThat(Files.getAttribute(target.resolve("b"), "unix:ino"))
                .isEqualTo(Files.getAttribute(target.resolve("d/e/a"), "unix:ino"))
                .isNotEqualTo(Files.getAttribute(source.resolve("b"), "unix:ino"));
        assertThat(Files.readSymbolicLink(target.resolve("s"))).hasToString("d/e");
    }

    @Test
    void a_linked_tree_has_directories_of_its_own_and_the_same_files() throws IOException {
        Files.createDirectories(source.resolve("d"));
        Files.writeString(source.resolve("d/a"), "same");
        Files.createSymbolicLink(source.resolve("s"), Path.of("d"));
        Files.setPosixFilePermissions(source.resolve("d"), PosixFilePermissions.fromString("rwx--x---"));
        try (var from = Directory.open(source);
                var to = Directory.open(target)) {
            TreeCopy.link(from, to);
        }

        assertThat(Files.getAttribute(target.resolve("d/a"), "unix:ino"))
                .isEqualTo(Files.getAttribute(source.resolve("d/a"), "unix:ino"));
        assertThat(Files.readSymbolicLink(target.resolve("s"))).hasToString("d");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(target.resolve("d"))))
                .isEqualTo("rwx--x---");
        Files.delete(target.resolve("d/a"));
        Files.writeString(target.resolve("d/b"), "above");
        assertThat(source.resolve("d/a")).hasContent("same");
        assertThat(source.resolve("d/b")).doesNotExist();
    }

    @Test
    void modes_times_and_attributes_come_along() throws IOException {
        var time = FileTime.from(Instant.ofEpochSecond(1_111_111_111, 222_222_222));
        var file = Files.writeString(source.resolve("f"), "x");
        Files.getFileAttributeView(file, UserDefinedFileAttributeView.class)
                .write("note", ByteBuffer.wrap(new byte[] {1}));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r-x-w---x"));
        Files.setLastModifiedTime(file, time);
        Files.setPosixFilePermissions(source, PosixFilePermissions.fromString("rwx--x---"));
        Files.setLastModifiedTime(source, time);
        copy();

        var copied = target.resolve("f");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(copied)))
                .isEqualTo("r-x-w---x");
        assertThat(Files.getLastModifiedTime(copied)).isEqualTo(time);
        assertThat(Files.getFileAttributeView(copied, UserDefinedFileAttributeView.class)
                        .list())
                .containsExactly("note");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(target)))
                .isEqualTo("rwx--x---");
        assertThat(Files.getLastModifiedTime(target)).isEqualTo(time);
    }

    @Test
    void holes_stay_holes_and_data_stays_data() throws IOException {
        try (var file =
                FileChannel.open(source.resolve("sparse"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.wrap(new byte[] {1}), 0);
            file.write(ByteBuffer.wrap(new byte[] {2}), 10 << 20);
            file.write(ByteBuffer.wrap(new byte[] {0}), 40 << 20);
        }
        copy();

        assertThat(Files.mismatch(source.resolve("sparse"), target.resolve("sparse")))
                .isEqualTo(-1);
        try (var directory = Directory.open(target)) {
            assertThat(directory.status(FileName.of("sparse")).blocks512() * 512)
                    .isLessThan(1 << 20);
        }
    }

    @Test
    void names_are_bytes_and_fifos_are_no_files() throws IOException {
        var name = FileName.of(new byte[] {(byte) 0xff, 'x'});
        try (var directory = Directory.open(source)) {
            directory.makeFifo(name, 0600);
        }
        copy();

        try (var directory = Directory.open(target)) {
            assertThat(directory.list()).containsExactly(name);
            assertThat(directory.status(name).mode()).isEqualTo(010600);
        }
    }
}
