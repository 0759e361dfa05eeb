package dev.coracle.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The supervisor with daemons that misbehave.
class SuperviseTest {
    @TempDir
    private Path folder;

    @Test
    void a_daemon_that_says_why_it_does_not_start_is_not_started_again() throws Exception {
        var ended = supervise("echo wrong configuration >&2; exit 3");
        assertThat(ended.status()).isEqualTo(3);
        assertThat(ended.err()).contains("wrong configuration", "the daemon does not start (status 3)");
        assertThat(starts()).isEqualTo(1);
    }

    @Test
    void a_daemon_that_crashes_at_every_start_is_given_up() throws Exception {
        var ended = supervise("kill -SEGV $$");
        assertThat(ended.status()).isEqualTo(139);
        assertThat(ended.err()).contains("the daemon died 5 times in a row, at last with status 139: giving up");
        assertThat(starts()).isEqualTo(5);
    }

    @Test
    void a_daemon_that_is_told_to_end_is_not_started_again() throws Exception {
        var ended = supervise("exit 0");
        assertThat(ended.status()).isZero();
        assertThat(ended.err()).contains("the daemon was ended");
        assertThat(starts()).isEqualTo(1);
    }

    @Test
    void a_supervisor_that_is_told_to_end_ends_the_daemon_first() throws Exception {
        var ended = supervise("trap 'echo ended >&2; exit 0' TERM; kill -TERM $PPID; while :; do sleep 0.05; done");
        assertThat(ended.status()).isZero();
        assertThat(ended.err()).contains("ended");
        assertThat(starts()).isEqualTo(1);
    }

    @Test
    void a_daemon_is_told_whether_the_engine_ends() throws Exception {
        var note = "trap 'ls $CORACLE_SUPERVISOR >>$FOLDER/notes; echo --- >>$FOLDER/notes; exit 0' TERM; ";
        var ended = supervise(note + "signal=TERM; [ $(wc -l <$FOLDER/starts) -gt 1 ] || signal=HUP;"
                + " kill -$signal $PPID; while :; do sleep 0.05; done");
        assertThat(ended.status()).isZero();
        var notes = Files.readString(folder.resolve("notes")).split("---\n");
        assertThat(notes[0]).contains("namespace").doesNotContain("ending");
        assertThat(notes[1]).contains("ending");
    }

    @Test
    void a_daemon_that_is_killed_is_started_again_as_often_as_it_takes() throws Exception {
        var ended = supervise("echo /nowhere/containerd.sock >$CORACLE_SUPERVISOR/address;"
                + " [ $(wc -l <$FOLDER/starts) -gt 7 ] && exit 0; kill -KILL $$");
        assertThat(ended.err()).contains("the daemon died with status 137", "the daemon was ended");
        assertThat(starts()).isEqualTo(8);
    }

    private long starts() throws Exception {
        try (var lines = Files.lines(folder.resolve("starts"))) {
            return lines.count();
        }
    }

    private Run.Result supervise(String body) throws Exception {
        var daemon = folder.resolve("daemon");
        Files.writeString(daemon, "#!/bin/sh\nFOLDER=" + folder + "\necho >>$FOLDER/starts\n" + body + "\n");
        Files.setPosixFilePermissions(daemon, PosixFilePermissions.fromString("rwxr-xr-x"));
        return Run.of(
                        Host.ours("rootlesskit"),
                        "--copy-up=/run",
                        Host.tree().resolve("libexec/supervise").toString(),
                        daemon.toString())
                .go();
    }
}
