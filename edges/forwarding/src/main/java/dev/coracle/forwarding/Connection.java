package dev.coracle.forwarding;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.coracle.linux.Errno;
import dev.coracle.linux.ErrnoException;
import dev.coracle.linux.Fd;
import dev.coracle.linux.Poller;
import dev.coracle.linux.UnixSocket;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One client, from its connection to the status of its command, on a thread of its own.
final class Connection {
    private static final System.Logger LOG = System.getLogger("dev.coracle.forwarding");

    private final Fd socket;
    private final Poller poller;
    private final Map<String, ForwardedProgram> programs;
    private final ForwardingServer.Options options;
    private final Incoming incoming = new Incoming();
    private @Nullable Call call;
    private boolean stopped;

    Connection(Fd socket, Poller poller, Map<String, ForwardedProgram> programs, ForwardingServer.Options options) {
        this.socket = socket;
        this.poller = poller;
        this.programs = programs;
        this.options = options;
    }

    /// Serves the client to its end, whatever it sends.
    void serve() {
        var opening = new Opening(socket, incoming, options.patience());
        try {
            send(Wire.opening());
            var request = opening.read();
            var program = Optional.ofNullable(programs.get(request.program()));
            if (program.isEmpty()) {
                answer(new Answer.Refused("this daemon has no program named \"" + request.program() + "\"", ""));
                return;
            }
            carryOut(request, program.get(), opening.fds());
        } catch (Opening.OtherVersion e) {
            var hint = e.isNewer()
                    ? "the daemon is older than this program: restart it (coracle stop, then coracle start)"
                    : "the daemon is newer than this program: use the program that was installed with it";
            answer(new Answer.Refused(String.valueOf(e.getMessage()), hint));
        } catch (IOException e) {
            LOG.log(Level.DEBUG, () -> "forwarding refused reason=" + e.getMessage());
            answer(new Answer.Refused("forward a command: " + e.getMessage(), ""));
        } finally {
            opening.fds().forEach(Fd::close);
            poller.execute(this::close);
        }
    }

    private void carryOut(Request request, ForwardedProgram program, List<Fd> fds) throws IOException {
        var made = new Call(request, fds, poller, Thread.currentThread(), this::answer);
        if (!begin(made)) {
            return;
        }
        notices();
        poller.onReadable(socket, this::listen);
        Answer answer;
        try {
            warnOfOtherRelease(made);
            answer = made.answer(program.run(made));
        } catch (Exception | LinkageError | AssertionError e) {
            answer = made.answer(e);
        }
        var _ = Thread.interrupted();
        made.finish();
        answer(answer);
        made.close();
    }

    private synchronized boolean begin(Call made) {
        call = made;
        return !stopped;
    }

    private void warnOfOtherRelease(Call made) {
        var release = made.request().release();
        if (!release.equals(options.release())) {
            var text = "warning: the daemon is release " + options.release() + ", this program " + release
                    + "; to use the same, restart the daemon (coracle stop, then coracle start)\n";
            try {
                made.err().write(text.getBytes(UTF_8));
            } catch (IOException closed) {
                // nobody reads it
            }
        }
    }

    /// On the poller's thread: something came from the client of a running command, or its end.
    private void listen() {
        try {
            var received = UnixSocket.receive(socket, 4096);
            received.fds().forEach(Fd::close);
            if (received.isEnd()) {
                hangUp();
                return;
            }
            incoming.add(received.data());
            notices();
        } catch (ErrnoException e) {
            if (!e.is(Errno.EAGAIN)) {
                hangUp();
            }
        } catch (ProtocolException e) {
            LOG.log(Level.DEBUG, () -> "client broke the protocol reason=" + e.getMessage());
            hangUp();
        }
    }

    private void notices() throws ProtocolException {
        for (var frame = incoming.next(Wire.LARGEST_NOTICE);
                frame.isPresent();
                frame = incoming.next(Wire.LARGEST_NOTICE)) {
            notice(frame.get());
        }
    }

    private void notice(Incoming.Frame frame) throws ProtocolException {
        if (frame.kind() != Wire.SIGNAL) {
            throw new ProtocolException("a message of the unknown kind " + frame.kind());
        }
        var signal = Answer.signal(frame.payload());
        if (call != null) {
            call.signal(signal);
        }
    }

    private void hangUp() {
        poller.remove(socket);
        if (call != null) {
            call.hangUp();
        }
    }

    /// The daemon stops: the client is told, the command sees a client that has gone.
    synchronized void stop() {
        stopped = true;
        answer(new Answer.Refused("the daemon was stopped while the command ran", "start the daemon (coracle start)"));
        if (call != null) {
            call.abandon();
        }
    }

    private void answer(Answer answer) {
        send(answer.frame());
    }

    /// What cannot be sent concerns a client that is gone, or one that does not read: it gets no more.
    private void send(byte[] bytes) {
        synchronized (incoming) {
            if (socket.isOpen()) {
                send(socket, bytes);
            }
        }
    }

    private static void send(Fd socket, byte[] bytes) {
        try {
            for (var done = 0; done < bytes.length; ) {
                done += UnixSocket.send(socket, Arrays.copyOfRange(bytes, done, bytes.length), List.of());
            }
        } catch (ErrnoException gone) {
            LOG.log(Level.DEBUG, () -> "client does not listen reason=" + gone.getMessage());
        }
    }

    /// Tells a client that it is not served at all.
    static void refuse(Fd socket, Answer.Refused why) {
        send(socket, Wire.opening());
        send(socket, why.frame());
    }

    private void close() {
        poller.remove(socket);
        synchronized (incoming) {
            socket.close();
        }
    }
}
