package dev.coracle.linux;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SocketsTest {
    @ParameterizedTest
    @EnumSource(
            value = UnixSocket.Type.class,
            names = {"STREAM", "SEQUENCED_PACKET"})
    void a_path_too_long_for_an_address_works(UnixSocket.Type type, @TempDir Path path) throws Exception {
        var deep = Files.createDirectories(path.resolve("d".repeat(100)).resolve("e".repeat(100)));
        var name = deep.resolve("socket");
        try (var listening = UnixSocket.listen(name, type, 5);
                var client = UnixSocket.connect(name, type);
                var server = UnixSocket.accept(listening)) {
            client.write("ping".getBytes(UTF_8));
            var received = UnixSocket.receive(server, 100);
            assertThat(new String(received.data(), UTF_8)).isEqualTo("ping");
            assertThat(UnixSocket.peer(server)).isEqualTo(new UnixSocket.Peer(Self.pid(), Self.uid(), Self.gid()));
            UnixSocket.shutdownWrite(client);
            assertThat(UnixSocket.receive(server, 100).isEnd()).isTrue();
        }
    }

    @Test
    void descriptors_travel_in_messages() throws Exception {
        try (var pair = UnixSocket.pair(UnixSocket.Type.STREAM);
                var pipe = Pipe.open()) {
            UnixSocket.send(pair.one(), new byte[] {7}, List.of(pipe.writer(), pipe.reader()));
            var received = UnixSocket.receive(pair.other(), 10);
            assertThat(received.data()).containsExactly(7);
            assertThat(received.fds()).hasSize(2);
            try (var writer = received.fds().get(0);
                    var reader = received.fds().get(1)) {
                writer.write(new byte[] {42});
                assertThat(reader.input().read()).isEqualTo(42);
            }
        }
    }

    @Test
    void a_terminal_is_made_raw_and_resized() throws Exception {
        try (var terminal = Terminals.open();
                var slave = terminal.openSlave()) {
            Terminals.resize(terminal.master(), new Terminals.WindowSize(132, 43));
            assertThat(Terminals.size(slave)).isEqualTo(new Terminals.WindowSize(132, 43));
            var before = Terminals.makeRaw(slave);
            slave.write("a\n".getBytes(UTF_8));
            var buffer = new byte[10];
            assertThat(terminal.master().read(buffer, 0, 10)).isEqualTo(2);
            Terminals.restore(slave, before);
            slave.write("a\n".getBytes(UTF_8));
            assertThat(terminal.master().read(buffer, 0, 10)).isEqualTo(3);
            assertThat(Terminals.isTerminal(slave)).isTrue();
        }
        try (var pipe = Pipe.open()) {
            assertThat(Terminals.isTerminal(pipe.reader())).isFalse();
        }
    }

    @Test
    void one_thread_waits_for_many(@TempDir Path path) throws Exception {
        var poller = Poller.start("test-poller");
        try (var pipe = Pipe.open();
                var inotify = Inotify.open()) {
            var readable = new CountDownLatch(1);
            poller.onReadable(pipe.reader(), () -> {
                assertThat(poller.isOnThread()).isTrue();
                pipe.reader().read(new byte[10], 0, 10);
                readable.countDown();
            });
            var created = new CountDownLatch(1);
            inotify.watch(path, java.util.Set.of(Inotify.Change.CREATED));
            poller.onReadable(inotify.fd(), () -> {
                for (var event : inotify.read()) {
                    if (event.is(Inotify.Change.CREATED) && event.name().equals("new")) {
                        created.countDown();
                    }
                }
            });
            pipe.writer().write(new byte[] {1});
            Files.createFile(path.resolve("new"));
            assertThat(readable.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(created.await(10, TimeUnit.SECONDS)).isTrue();
            poller.remove(pipe.reader());
            poller.remove(inotify.fd());
        } finally {
            poller.close();
        }
    }

    @Test
    void signals_are_found_by_any_name() {
        assertThat(Signal.find("SIGKILL")).contains(Signal.KILL);
        assertThat(Signal.find("term")).contains(Signal.TERM);
        assertThat(Signal.find("9")).contains(Signal.KILL);
        assertThat(Signal.find("RTMIN+3")).contains(new Signal(37));
        assertThat(Signal.find("nonsense")).isEmpty();
        assertThat(new Signal(37).name()).isEqualTo("SIGRTMIN+3");
        assertThat(new WaitStatus.Signaled(Signal.TERM, false).sentence()).isEqualTo("signal: terminated");
    }

    @Test
    void mounts_are_listed_with_their_names_as_they_are() throws Exception {
        assertThat(Mounts.list()).anyMatch(mount -> mount.target().equals("/"));
        var line = "36 35 98:0 /mnt1 /mnt\\0402 rw,noatime master:1 - ext3 /dev/root rw,errors=continue";
        var mount = MountInfo.parse(line);
        assertThat(mount.target()).isEqualTo("/mnt 2");
        assertThat(mount.propagation()).containsExactly("master:1");
        assertThat(mount.type()).isEqualTo("ext3");
        assertThat(mount.superOptions()).containsExactly("rw", "errors=continue");
        assertThat(mount.isShared()).isFalse();
    }
}
