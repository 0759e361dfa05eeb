package dev.coracle.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coracle.base.Digest;
import dev.coracle.base.EngineException.FailedPrecondition;
import dev.coracle.base.EngineException.Unavailable;
import dev.coracle.base.Reference;
import dev.coracle.daemon.Extensions.Verification;
import dev.coracle.oci.Descriptor;
import dev.coracle.processes.Spawner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Real programs that judge images.
@Timeout(60)
class VerifierProgramsTest {
    private static final Reference NAME = Reference.parseFull("example.org/app:1");
    private static final Descriptor TARGET =
            new Descriptor("application/x", Digest.ofBytes(new byte[] {1}), 3, Map.of(), Optional.empty());

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path folder;

    @SuppressWarnings("NullAway.Init") // set before each test
    private Spawner spawner;

    @BeforeEach
    void open() throws IOException {
        spawner = Spawner.open();
    }

    @AfterEach
    void close() {
        spawner.close();
    }

    private void program(String name, String script) throws IOException {
        Files.createDirectories(folder.resolve("bin"));
        var file = Files.writeString(folder.resolve("bin").resolve(name), "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private void verify(int most, Duration atMost) throws InterruptedException {
        var environment = Map.of("PATH", "/usr/bin:/bin", "OUT", folder.toString());
        new VerifierPrograms(new Verification(folder.resolve("bin"), most, atMost), spawner, environment)
                .verify(NAME, TARGET);
    }

    private void verify() throws InterruptedException {
        verify(10, Duration.ofSeconds(30));
    }

    @Test
    void without_programs_every_image_passes() throws IOException {
        assertThatCode(this::verify).doesNotThrowAnyException();
        Files.createDirectory(folder.resolve("bin"));
        assertThatCode(this::verify).doesNotThrowAnyException();
    }

    @Test
    void a_program_gets_name_digest_and_descriptor() throws Exception {
        program("a", "echo \"$@\" >$OUT/arguments; cat >$OUT/input; echo fine");
        verify();
        assertThat(folder.resolve("arguments"))
                .hasContent("-name example.org/app:1 -digest " + TARGET.digest()
                        + " -stdin-media-type application/vnd.oci.descriptor.v1+json");
        assertThat(folder.resolve("input"))
                .hasContent("{\"mediaType\":\"application/x\",\"digest\":\"" + TARGET.digest() + "\",\"size\":3}");
    }

    @Test
    void one_that_rejects_it_is_enough_and_its_reason_is_told() throws IOException {
        program("a", "exit 0");
        program("b", "echo not signed by us; exit 4");
        assertThatThrownBy(this::verify)
                .isInstanceOf(FailedPrecondition.class)
                .hasMessage("pull example.org/app:1 with digest " + TARGET.digest()
                        + ": image verifier b rejected it (exit code 4): not signed by us");
    }

    @Test
    void only_the_first_of_many_are_asked_unless_all_are_wanted() throws Exception {
        program("a", "exit 0");
        program("b", "exit 1");
        verify(1, Duration.ofSeconds(30));
        assertThatThrownBy(() -> verify(-1, Duration.ofSeconds(30))).isInstanceOf(FailedPrecondition.class);
    }

    @Test
    void one_that_does_not_answer_in_time_or_cannot_be_run_blocks_the_pull() throws IOException {
        program("a", "exec sleep 60");
        assertThatThrownBy(() -> verify(10, Duration.ofMillis(100)))
                .isInstanceOf(Unavailable.class)
                .hasMessageEndingWith("image verifier a gave no judgement: still running after 100 ms");
        Files.writeString(folder.resolve("bin/a"), "no program");
        Files.setPosixFilePermissions(folder.resolve("bin/a"), PosixFilePermissions.fromString("rw-r--r--"));
        assertThatThrownBy(this::verify)
                .isInstanceOf(Unavailable.class)
                .hasMessageContaining("image verifier a gave no judgement");
    }
}
