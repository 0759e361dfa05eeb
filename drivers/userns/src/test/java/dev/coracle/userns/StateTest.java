package dev.coracle.userns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coracle.linux.FileName;
import dev.coracle.linux.Pipe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateTest {
    @Test
    void the_directory_is_locked_wiped_and_removed(@TempDir Path parent) throws Exception {
        var path = parent.resolve("a/state");
        try (var state = StateDirectory.open(path)) {
            state.writeChildPid(4711);
            assertThat(Files.readString(path.resolve("child_pid"))).isEqualTo("4711");
            assertThatThrownBy(() -> StateDirectory.open(path))
                    .hasMessage("failed to lock " + path.resolve("lock")
                            + ", another RootlessKit is running with the same state directory?");
            assertThat(path.resolve("child_pid")).exists();
        }
        assertThat(path).doesNotExist();
    }

    @Test
    void what_a_killed_one_left_is_taken_over(@TempDir Path path) throws Exception {
        Files.createFile(path.resolve("lock"));
        Files.writeString(path.resolve("child_pid"), "1");
        Files.createDirectory(path.resolve("gvisortapvsock"));
        try (var state = StateDirectory.open(path)) {
            assertThat(state.path().resolve("child_pid")).doesNotExist();
        }
    }

    @Test
    void a_directory_of_somebody_else_is_refused(@TempDir Path path) throws Exception {
        Files.writeString(path.resolve("thesis.tex"), "years of work");
        assertThatThrownBy(() -> StateDirectory.open(path))
                .hasMessage("use state directory " + path + ": it holds thesis.tex, which is not ours");
        assertThat(path.resolve("thesis.tex")).exists();
    }

    @Test
    void every_message_arrives_as_it_was_sent() throws Exception {
        var plan = new BootMessage.ChildPlan(
                BootMessage.Network.CONNECTED,
                Optional.of(Path.of("/state/netns")),
                "RSLAVE",
                List.of(Path.of("/etc"), Path.of("/run")),
                true,
                true,
                List.of("10.0.2.3"),
                Path.of("/state"),
                "box",
                new BootMessage.Ids(1000, 1001),
                2,
                List.of("sh", "-c", "echo 'ü' \n"));
        var messages = List.of(
                new BootMessage.Hello(BootMessage.VERSION, 42),
                new BootMessage.Begin(plan),
                new BootMessage.IdsMapped(),
                new BootMessage.NamespacesReady(),
                new BootMessage.NetworkReady(),
                new BootMessage.Ready(List.of("a warning")),
                new BootMessage.Go(),
                new BootMessage.Failed("why", Optional.of("what to do")),
                new BootMessage.Failed("why", Optional.empty()));
        try (var pipe = Pipe.open();
                var unused = Pipe.open()) {
            var sender = new BootChannel(unused.reader(), pipe.writer());
            var receiver = new BootChannel(pipe.reader(), unused.writer());
            for (var message : messages) {
                sender.send(message);
                assertThat(receiver.receive()).contains(message);
            }
            sender.closeWriter();
            assertThat(receiver.receive()).isEmpty();
        }
    }

    @Test
    void a_link_climbs_when_it_leaves_the_copied_tree() {
        assertThat(CopyUp.climbs(FileName.of("../../var/lib/x"))).isTrue();
        assertThat(CopyUp.climbs(FileName.of("a/../../../x"))).isTrue();
        assertThat(CopyUp.climbs(FileName.of("../pki/tls"))).isFalse();
        assertThat(CopyUp.climbs(FileName.of("/usr/share/x"))).isFalse();
        assertThat(CopyUp.climbs(FileName.of("x"))).isFalse();
    }
}
