package dev.coracle.base;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coracle.base.EngineException.Internal;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.base.EngineException.PermissionDenied;
import dev.coracle.base.EngineException.ResourceExhausted;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class FileFailuresTest {
    @Test
    void a_full_disk_is_what_the_kernel_says_it_is() {
        var failure = FileFailures.of("write blob x", full());
        assertThat(failure).isInstanceOf(ResourceExhausted.class).hasMessage("write blob x: no space left on device");
        assertThat(failure.remedy())
                .hasValueSatisfying(remedy -> assertThat(remedy).contains("free some space"));
    }

    /// What the JDK really throws.
    private static IOException full() {
        try (OutputStream out = Files.newOutputStream(Path.of("/dev/full"))) {
            out.write(1);
            throw new AssertionError("/dev/full took a byte");
        } catch (IOException e) {
            return e;
        }
    }

    @Test
    void a_quota_is_a_full_disk_too() {
        assertThat(FileFailures.of("x", new FileSystemException("/f", null, "Disk quota exceeded")))
                .isInstanceOf(ResourceExhausted.class)
                .hasMessage("x: /f: disk quota exceeded");
        assertThat(FileFailures.of("x", new IOException("File too large"))).isInstanceOf(ResourceExhausted.class);
    }

    @Test
    void what_is_missing_or_forbidden_is_named() {
        try {
            Files.readAllBytes(Path.of("/nowhere/at all"));
        } catch (IOException e) {
            assertThat(FileFailures.of("read", e))
                    .isInstanceOf(NotFound.class)
                    .hasMessage("read: /nowhere/at all does not exist")
                    .hasCause(e);
        }
        assertThat(FileFailures.of("read", new AccessDeniedException("/root/x")))
                .isInstanceOf(PermissionDenied.class)
                .hasMessage("read: /root/x: access denied");
    }

    @Test
    void anything_else_keeps_its_words() {
        assertThat(FileFailures.of("read", new IOException("Input/output error")))
                .isInstanceOf(Internal.class)
                .hasMessage("read: Input/output error");
        assertThat(FileFailures.of("read", new IOException())).hasMessage("read: IOException");
    }
}
