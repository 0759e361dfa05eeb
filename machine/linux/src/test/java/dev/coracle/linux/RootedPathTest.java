package dev.coracle.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RootedPathTest {
    @Test
    void links_and_dots_lead_back_inside(@TempDir Path path) throws Exception {
        Files.createDirectories(path.resolve("etc/inner"));
        Files.writeString(path.resolve("etc/passwd"), "mine");
        Files.createSymbolicLink(path.resolve("absolute"), Path.of("/etc/passwd"));
        Files.createSymbolicLink(path.resolve("up"), Path.of("../../../../etc/passwd"));
        try (var root = Directory.open(path)) {
            var rooted = new RootedPath(root, RootedPath.Escape.STAYS_INSIDE);
            for (var name : new String[] {"absolute", "up", "/etc/passwd", "etc/../../etc/passwd"}) {
                try (var fd = rooted.open(FileName.of(name), Set.of(), 0)) {
                    assertThat(new String(fd.input().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8))
                            .isEqualTo("mine");
                }
            }
            try (var parent = rooted.openParent(FileName.of("etc/inner/../new"))) {
                parent.makeDirectory(RootedPath.last(FileName.of("etc/inner/../new")), 0755);
            }
            assertThat(path.resolve("etc/new")).isDirectory();
            assertThatThrownBy(() -> rooted.openParent(FileName.of("etc/.."))).isInstanceOf(ErrnoException.class);
        }
    }

    @Test
    void leaving_can_be_refused(@TempDir Path path) throws Exception {
        Files.createSymbolicLink(path.resolve("absolute"), Path.of("/etc/passwd"));
        try (var root = Directory.open(path)) {
            var rooted = new RootedPath(root, RootedPath.Escape.IS_REFUSED);
            for (var name : new String[] {"absolute", "../x", "/etc/passwd"}) {
                assertThatThrownBy(() -> rooted.open(FileName.of(name), Set.of(), 0))
                        .isInstanceOfSatisfying(
                                ErrnoException.class,
                                failure -> assertThat(failure.errno()).isEqualTo(Errno.EXDEV));
            }
        }
    }
}
