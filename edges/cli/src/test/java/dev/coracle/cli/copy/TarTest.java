package dev.coracle.cli.copy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coracle.base.EngineException.InvalidArgument;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TarTest {
    @TempDir
    private Path folder = Path.of("");

    private byte[] written(Path source, String name) throws IOException {
        var archive = new ByteArrayOutputStream();
        new TarWriter(archive, false).write(source, name, false);
        return archive.toByteArray();
    }

    @Test
    void what_is_written_is_read_again() throws IOException {
        var source = Files.createDirectories(folder.resolve("source"));
        var long1 = "n".repeat(150);
        Files.createDirectories(source.resolve(long1));
        Files.writeString(source.resolve(long1).resolve("file"), "content");
        Files.setPosixFilePermissions(
                source.resolve(long1).resolve("file"), PosixFilePermissions.fromString("rwxr-x---"));
        Files.createSymbolicLink(source.resolve("link"), Path.of("somewhere/else"));
        var target = Files.createDirectories(folder.resolve("target"));
        new TarReader(new ByteArrayInputStream(written(source, "a")), target, "a", "b").unpack();
        assertThat(target.resolve("b").resolve(long1).resolve("file")).hasContent("content");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(
                        target.resolve("b").resolve(long1).resolve("file"))))
                .isEqualTo("rwxr-x---");
        assertThat(Files.readSymbolicLink(target.resolve("b/link"))).isEqualTo(Path.of("somewhere/else"));
    }

    @Test
    void names_do_not_leave_the_directory() throws IOException {
        var file = Files.writeString(folder.resolve("file"), "x");
        for (var name : new String[] {"../evil", "a/../../evil", "/evil", "other"}) {
            var archive = new ByteArrayInputStream(written(file, name));
            assertThatThrownBy(() -> new TarReader(archive, folder, "a", "a").unpack())
                    .as(name)
                    .isInstanceOf(InvalidArgument.class);
        }
    }

    @Test
    void nothing_is_written_through_a_link() throws IOException {
        var outside = Files.createDirectories(folder.resolve("outside"));
        var target = Files.createDirectories(folder.resolve("target"));
        Files.createDirectories(target.resolve("a"));
        Files.createSymbolicLink(target.resolve("a/b"), outside);
        var file = Files.writeString(folder.resolve("file"), "x");
        var archive = new ByteArrayInputStream(written(file, "a/b/evil"));
        assertThatThrownBy(() -> new TarReader(archive, target, "a", "a").unpack())
                .isInstanceOf(InvalidArgument.class);
        assertThat(outside).isEmptyDirectory();
    }
}
