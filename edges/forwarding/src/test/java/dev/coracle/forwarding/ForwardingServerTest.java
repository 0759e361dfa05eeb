package dev.coracle.forwarding;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.coracle.linux.Errno;
import dev.coracle.linux.ErrnoException;
import dev.coracle.linux.Fd;
import dev.coracle.linux.Polling;
import dev.coracle.linux.Self;
import dev.coracle.linux.Signal;
import dev.coracle.linux.Terminals;
import dev.coracle.linux.Terminals.WindowSize;
import dev.coracle.linux.UnixSocket;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ForwardingServerTest {
    @TempDir
    private Path folder;

    private static final ForwardedProgram ECHO = call -> {
        call.in().transferTo(call.out());
        return 7;
    };

    /// Waits to be interrupted, 130 then.
    private static int waitForEver() {
        try {
            new CountDownLatch(1).await();
            return 0;
        } catch (InterruptedException asked) {
            return 130;
        }
    }

    @Test
    void a_command_gets_what_was_sent_and_its_status_comes_back() throws Exception {
        ForwardedProgram shows = call -> {
            call.out().write(call.request().toString().getBytes(UTF_8));
            call.err().write("oh".getBytes(UTF_8));
            return 42;
        };
        try (var served = Served.in(folder, shows);
                var client = served.client().call("a", "", "c")) {
            assertThat(client.answer()).isEqualTo(new Answer.Exit(42));
            assertThat(client.output())
                    .isEqualTo("Request[release=1.0, program=it, arguments=[a, , c], directory=/, environment={A=b}]");
            assertThat(client.errors()).isEqualTo("oh");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(served.socket())))
                    .isEqualTo("rw-------");
        }
    }

    @Test
    void a_megabyte_goes_through_and_ends_with_the_input() throws Exception {
        try (var served = Served.in(folder, ECHO);
                var client = served.client().call()) {
            var piece = "x".repeat(1 << 10).getBytes(UTF_8);
            var writer = Thread.ofPlatform().start(() -> {
                try {
                    for (var i = 0; i < 1 << 10; i++) {
                        client.in().writer().write(piece);
                    }
                    client.in().writer().close();
                } catch (ErrnoException e) {
                    throw new IllegalStateException(e);
                }
            });
            client.out().writer().close();
            var all = client.out().reader().input().readAllBytes();
            writer.join();
            assertThat(all).hasSize(1 << 20);
            assertThat(client.answer()).isEqualTo(new Answer.Exit(7));
        }
    }

    @Test
    void a_reader_that_has_gone_ends_the_command_as_sigpipe_does() throws Exception {
        ForwardedProgram yes = call -> {
            while (true) {
                call.out().write("y\n".getBytes(UTF_8));
            }
        };
        try (var served = Served.in(folder, yes);
                var client = served.client().call()) {
            client.out().writer().close();
            assertThat(client.out().reader().read(new byte[10], 0, 10)).isPositive();
            client.out().reader().close();
            assertThat(client.answer()).isEqualTo(new Answer.Killed(Signal.PIPE));
        }
    }

    @Test
    void a_signal_interrupts_a_command_that_takes_none() throws Exception {
        try (var served = Served.in(folder, _ -> waitForEver());
                var client = served.client().call()) {
            client.connection().signal(Signal.WINCH);
            client.connection().signal(Signal.INT);
            assertThat(client.answer()).isEqualTo(new Answer.Exit(130));
        }
    }

    @Test
    void a_command_that_takes_signals_is_asked_for_and_gets_them_in_turn() throws Exception {
        var seen = new ArrayBlockingQueue<Signal>(10);
        ForwardedProgram takes = call -> {
            try (var _ = call.receive(seen::add)) {
                call.out().write('!');
                seen.take();
                seen.take();
                return 3;
            }
        };
        try (var served = Served.in(folder, takes);
                var client = served.client().call()) {
            assertThat(client.out().reader().input().read()).isEqualTo('!');
            assertThat(Polling.awaitReadable(client.connection().socket(), Served.LONG))
                    .isTrue();
            assertThat(client.connection().answers())
                    .singleElement()
                    .satisfies(answer -> assertThat(
                                    ((Answer.Watch) answer).signals().contains(Signal.USR1))
                            .isTrue());
            client.connection().signal(Signal.USR1);
            client.connection().signal(Signal.TERM);
            assertThat(client.answer()).isEqualTo(new Answer.Exit(3));
        }
    }

    @Test
    void a_read_that_waits_is_interrupted_and_takes_nothing_afterwards() throws Exception {
        var ended = new CountDownLatch(1);
        ForwardedProgram reads = call -> {
            try {
                return call.in().read();
            } catch (InterruptedIOException e) {
                ended.countDown();
                return 130;
            }
        };
        try (var served = Served.in(folder, reads);
                var client = served.client().call()) {
            client.connection().signal(Signal.INT);
            assertThat(client.answer()).isEqualTo(new Answer.Exit(130));
            assertThat(ended.await(60, TimeUnit.SECONDS)).isTrue();
            client.in().writer().write("mine".getBytes(UTF_8));
            var rest = new byte[10];
            assertThat(client.in().reader().read(rest, 0, 10)).isEqualTo(4);
        }
    }

    @Test
    void a_thread_that_reads_on_after_the_command_takes_nothing() throws Exception {
        var left = new ArrayBlockingQueue<Integer>(1);
        ForwardedProgram leaves = call -> {
            var reading = Thread.ofPlatform().start(() -> {
                try {
                    left.add(call.in().read());
                } catch (java.io.IOException e) {
                    left.add(-2);
                }
            });
            while (reading.getState() != Thread.State.WAITING) {
                Thread.onSpinWait();
            }
            return 0;
        };
        try (var served = Served.in(folder, leaves);
                var client = served.client().call()) {
            assertThat(client.answer()).isEqualTo(new Answer.Exit(0));
            assertThat(left.poll(60, TimeUnit.SECONDS)).isEqualTo(-1);
            client.in().writer().write("mine".getBytes(UTF_8));
            assertThat(client.in().reader().read(new byte[10], 0, 10)).isEqualTo(4);
        }
    }

    @Test
    void a_client_that_vanishes_hangs_up_and_its_terminal_is_put_back() throws Exception {
        var seen = new ArrayBlockingQueue<Signal>(10);
        var status = new ArrayBlockingQueue<Integer>(1);
        ForwardedProgram raw = call -> {
            try (var _ = call.receive(seen::add)) {
                call.raw();
                call.out().write('!');
                status.add(waitForEver());
                return 0;
            }
        };
        try (var served = Served.in(folder, raw);
                var terminal = Terminals.open();
                var slave = terminal.openSlave();
                var client = served.client().call(slave)) {
            assertThat(client.out().reader().input().read()).isEqualTo('!');
            assertThat(echoes(terminal)).isFalse();
            client.connection().close();
            assertThat(seen.poll(60, TimeUnit.SECONDS)).isEqualTo(Signal.HUP);
            assertThat(status.poll(60, TimeUnit.SECONDS)).isEqualTo(130);
            Awaitility.await().atMost(Served.LONG).until(() -> echoes(terminal));
            Awaitility.await().atMost(Served.LONG).until(() -> served.server().running() == 0);
        }
    }

    /// Whether the terminal shows what is typed.
    private static boolean echoes(Terminals.PseudoTerminal terminal) throws ErrnoException {
        terminal.master().write("x".getBytes(UTF_8));
        if (!Polling.awaitReadable(terminal.master(), Duration.ofMillis(50))) {
            return false;
        }
        terminal.master().read(new byte[10], 0, 10);
        return true;
    }

    @Test
    void the_terminal_has_its_size_and_is_put_back_when_a_command_forgets() throws Exception {
        ForwardedProgram forgets = call -> {
            call.hidden();
            call.raw();
            var size = call.size().orElseThrow();
            return call.isTerminal(0) && !call.isTerminal(1) ? size.columns() + size.rows() : 0;
        };
        try (var served = Served.in(folder, forgets);
                var terminal = Terminals.open();
                var slave = terminal.openSlave()) {
            Terminals.resize(terminal.master(), new WindowSize(100, 20));
            try (var client = served.client().call(slave)) {
                assertThat(client.answer()).isEqualTo(new Answer.Exit(120));
                assertThat(echoes(terminal)).isTrue();
            }
        }
    }

    @Test
    void files_and_devices_that_never_wait_are_streams_too() throws Exception {
        var file = Files.writeString(folder.resolve("file"), "from a file");
        try (var served = Served.in(folder, ECHO);
                var input = Fd.openForReading(file);
                var client = served.client().call(input);
                var zero = Fd.openForReading(Path.of("/dev/null"));
                var other = served.client().call(zero)) {
            assertThat(client.answer()).isEqualTo(new Answer.Exit(7));
            assertThat(client.output()).isEqualTo("from a file");
            assertThat(other.answer()).isEqualTo(new Answer.Exit(7));
        }
    }

    @Test
    void a_failure_of_the_daemon_is_said() throws Exception {
        ForwardedProgram fails = _ -> {
            throw new IllegalStateException("broken");
        };
        try (var served = Served.in(folder, fails);
                var client = served.client().call()) {
            assertThat(client.answer())
                    .isEqualTo(new Answer.Refused(
                            "the daemon failed: java.lang.IllegalStateException: broken",
                            "the daemon's log says more"));
        }
    }

    @Test
    void a_daemon_that_stops_says_so() throws Exception {
        var begun = new CountDownLatch(1);
        ForwardedProgram waits = _ -> {
            begun.countDown();
            return waitForEver();
        };
        var served = Served.in(folder, waits);
        try (var client = served.client().call()) {
            assertThat(begun.await(60, TimeUnit.SECONDS)).isTrue();
            served.close();
            assertThat(client.answer())
                    .isEqualTo(new Answer.Refused(
                            "the daemon was stopped while the command ran", "start the daemon (coracle start)"));
        }
    }

    @Test
    void another_release_is_warned_of() throws Exception {
        var options = new ForwardingServer.Options("2.0", Self.effectiveUid(), Served.LONG, 5);
        try (var served = Served.in(folder, _ -> 0, options);
                var client = served.client().call()) {
            assertThat(client.answer()).isEqualTo(new Answer.Exit(0));
            assertThat(client.errors()).startsWith("warning: the daemon is release 2.0, this program 1.0;");
        }
    }

    @Test
    void another_user_is_refused() throws Exception {
        var options = new ForwardingServer.Options("1.0", Self.effectiveUid() + 1, Served.LONG, 5);
        try (var served = Served.in(folder, ECHO, options);
                var client = served.client().call()) {
            assertThat(client.answer())
                    .isInstanceOfSatisfying(
                            Answer.Refused.class,
                            refused -> assertThat(refused.message()).contains("serves its owner only"));
        }
    }

    @Test
    void more_clients_than_allowed_are_refused() throws Exception {
        var begun = new CountDownLatch(1);
        var options = new ForwardingServer.Options("1.0", Self.effectiveUid(), Served.LONG, 1);
        ForwardedProgram waits = _ -> {
            begun.countDown();
            return waitForEver();
        };
        try (var served = Served.in(folder, waits, options);
                var first = served.client().call()) {
            assertThat(begun.await(60, TimeUnit.SECONDS)).isTrue();
            try (var second = served.client().call()) {
                assertThat(second.answer())
                        .isEqualTo(new Answer.Refused("forward a command: 1 commands are running already", ""));
            }
            first.connection().signal(Signal.TERM);
            assertThat(first.answer()).isEqualTo(new Answer.Exit(130));
        }
    }

    @Test
    void a_hundred_clients_at_once_are_served() throws Exception {
        try (var served = Served.in(folder, ECHO)) {
            var clients = new ArrayList<Served.Client>();
            for (var i = 0; i < 100; i++) {
                clients.add(served.client().call());
            }
            for (var i = 99; i >= 0; i--) {
                clients.get(i).in().writer().write(("client " + i).getBytes(UTF_8));
                clients.get(i).in().writer().close();
            }
            for (var i = 0; i < 100; i++) {
                try (var client = clients.get(i)) {
                    assertThat(client.answer()).isEqualTo(new Answer.Exit(7));
                    assertThat(client.output()).isEqualTo("client " + i);
                }
            }
        }
    }

    /// Sends bytes as they are, with descriptors, and returns everything that is answered.
    private static String converse(Served served, byte[] bytes, List<Fd> fds) throws ErrnoException {
        try (var socket = UnixSocket.connect(served.socket(), UnixSocket.Type.STREAM)) {
            try {
                for (var done = 0; done < bytes.length; ) {
                    var some = java.util.Arrays.copyOfRange(bytes, done, bytes.length);
                    done += UnixSocket.send(socket, some, done == 0 ? fds : List.of());
                }
            } catch (ErrnoException refusedEarly) {
                assertThat(refusedEarly.errno()).isIn(Errno.EPIPE, Errno.ECONNRESET);
            }
            var answer = new StringBuilder();
            while (Polling.awaitReadable(socket, Served.LONG)) {
                try {
                    var received = UnixSocket.receive(socket, 4096);
                    if (received.isEnd()) {
                        break;
                    }
                    answer.append(new String(received.data(), UTF_8));
                } catch (ErrnoException reset) {
                    assertThat(reset.errno()).isEqualTo(Errno.ECONNRESET);
                    break;
                }
            }
            return answer.toString();
        }
    }

    private static byte[] bytes(byte[]... parts) {
        var all = ByteBuffer.allocate(
                java.util.Arrays.stream(parts).mapToInt(part -> part.length).sum());
        for (var part : parts) {
            all.put(part);
        }
        return all.array();
    }

    @Test
    void garbage_is_refused_and_the_server_lives() throws Exception {
        try (var served = Served.in(folder, ECHO)) {
            assertThat(converse(served, "GET / HTTP/1.1\r\n\r\n".getBytes(UTF_8), List.of()))
                    .contains("the peer does not speak command forwarding");
            assertThat(converse(served, bytes(Wire.opening(), Wire.frame(99, new byte[3])), List.of()))
                    .contains("a message of kind 99 where a request belongs");
            var huge =
                    ByteBuffer.allocate(8).putInt(Wire.REQUEST).putInt(5 << 20).array();
            assertThat(converse(served, bytes(Wire.opening(), huge), List.of()))
                    .contains("a message of 5242880 bytes is larger than the 4194304 that are allowed");
            var request = Wire.frame(Wire.REQUEST, new byte[] {0, 0, 0, 9});
            assertThat(converse(served, bytes(Wire.opening(), request), List.of()))
                    .contains("0 descriptors where 3 belong");
            try (var one = Fd.openForReading(Path.of("/dev/null"))) {
                assertThat(converse(served, bytes(Wire.opening(), request), List.of(one, one, one)))
                        .contains("the request ends within a word");
                assertThat(converse(served, bytes(Wire.opening(), request), List.of(one, one, one, one)))
                        .contains("more than 3 descriptors");
            }
            try (var client = served.client().call()) {
                client.in().writer().close();
                assertThat(client.answer()).isEqualTo(new Answer.Exit(7));
            }
        }
    }

    @Test
    void an_unknown_program_is_refused_by_name() throws Exception {
        try (var served = Served.in(folder, ECHO);
                var client = served.client()) {
            var request = new Request("1.0", "rm", List.of("-rf"), Path.of("/"), java.util.Map.of());
            client.connection()
                    .request(
                            request,
                            List.of(
                                    client.in().reader(),
                                    client.out().writer(),
                                    client.out().writer()));
            assertThat(client.answer()).isEqualTo(new Answer.Refused("this daemon has no program named \"rm\"", ""));
        }
    }

    @Test
    void another_version_says_so_in_both_directions() throws Exception {
        try (var served = Served.in(folder, ECHO)) {
            var newer =
                    ByteBuffer.allocate(8).put("CRCL".getBytes(UTF_8)).putInt(9).array();
            assertThat(converse(served, newer, List.of()))
                    .contains("the client speaks version 9 of command forwarding, this daemon version 1")
                    .contains("restart it (coracle stop, then coracle start)");
            var older =
                    ByteBuffer.allocate(8).put("CRCL".getBytes(UTF_8)).putInt(0).array();
            assertThat(converse(served, older, List.of())).contains("the daemon is newer than this program");
        }
    }

    @Test
    void a_client_that_says_nothing_is_let_go() throws Exception {
        var options = new ForwardingServer.Options("1.0", Self.effectiveUid(), Duration.ofMillis(100), 5);
        try (var served = Served.in(folder, ECHO, options)) {
            assertThat(converse(served, Wire.opening(), List.of()))
                    .contains("the client has not said within 100 ms what it wants");
            Awaitility.await().atMost(Served.LONG).until(() -> served.server().running() == 0);
        }
    }

    @Test
    void a_signal_that_does_not_exist_hangs_up() throws Exception {
        var status = new ArrayBlockingQueue<Integer>(1);
        var begun = new CountDownLatch(1);
        ForwardedProgram waits = _ -> {
            begun.countDown();
            status.add(waitForEver());
            return 0;
        };
        try (var served = Served.in(folder, waits);
                var client = served.client().call()) {
            assertThat(begun.await(60, TimeUnit.SECONDS)).isTrue();
            var wrong =
                    Wire.frame(Wire.SIGNAL, ByteBuffer.allocate(4).putInt(4711).array());
            UnixSocket.send(client.connection().socket(), wrong, List.of());
            assertThat(status.poll(60, TimeUnit.SECONDS)).isEqualTo(130);
        }
    }

    @Test
    void nothing_stays_open() throws Exception {
        try (var served = Served.in(folder, ECHO)) {
            call(served);
            var before = descriptors();
            for (var i = 0; i < 20; i++) {
                call(served);
            }
            Awaitility.await()
                    .atMost(Served.LONG)
                    .untilAsserted(() -> assertThat(descriptors()).isLessThanOrEqualTo(before));
        }
    }

    private static void call(Served served) throws Exception {
        try (var client = served.client().call()) {
            client.in().writer().close();
            assertThat(client.answer()).isEqualTo(new Answer.Exit(7));
        }
    }

    private static long descriptors() throws java.io.IOException {
        try (var fds = Files.list(Path.of("/proc/self/fd"))) {
            return fds.count();
        }
    }
}
