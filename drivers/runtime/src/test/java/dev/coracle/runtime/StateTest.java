package dev.coracle.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coracle.core.tasks.Exit;
import dev.coracle.core.tasks.Stdio;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateTest {
    @TempDir
    Path directory;

    @Test
    void records_come_back_as_they_were_written() throws Exception {
        var task = new TaskRecord(
                true,
                Path.of("/usr/bin/crun"),
                Path.of("/s/runc"),
                CgroupUse.SYSTEMD,
                Optional.of(Path.of("/sys/fs/cgroup/a")),
                true,
                true);
        task.write(directory);
        assertThat(TaskRecord.read(directory)).contains(task);
        var process = new ProcessRecord(new Stdio("/in", "file:///o?a=b", "", true), true, true, 1, 2, 3, 4);
        process.write(directory);
        assertThat(ProcessRecord.read(directory)).contains(process);
        var exit = new Exit(7, 137, Instant.parse("2026-11-23T18:10:46.298301539Z"));
        ProcessRecord.writeExit(directory, exit);
        assertThat(ProcessRecord.readExit(directory)).contains(exit);
    }

    @Test
    void nothing_written_is_nothing_found() throws Exception {
        assertThat(TaskRecord.read(directory)).isEmpty();
        assertThat(ProcessRecord.read(directory)).isEmpty();
        assertThat(ProcessRecord.readExit(directory)).isEmpty();
    }

    @Test
    void values_may_hold_what_separates_them() throws Exception {
        var words = Map.of("path", "/a=b\\n c\n#d", "empty", "");
        StateFile.write(directory.resolve("f"), words);
        assertThat(StateFile.read(directory.resolve("f"))).contains(words);
        assertThat(directory.toFile().list()).containsExactly("f");
    }
}
