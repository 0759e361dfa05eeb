package dev.coracle.forwarding;

import dev.coracle.linux.Errno;
import dev.coracle.linux.ErrnoException;
import dev.coracle.linux.Fd;
import dev.coracle.linux.Signal;
import dev.coracle.linux.SignalSet;
import dev.coracle.linux.UnixSocket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The client's end of a connection. It is used by one thread, which waits for [#socket] itself,
/// beside whatever else it waits for.
public final class ForwardingClient implements AutoCloseable {
    /// The signals that are sent until the daemon asks for others.
    public static final SignalSet FIRST_SIGNALS = Call.ASKING;

    private static final int PIECE = 4096;

    private final Fd socket;
    private final Incoming incoming = new Incoming();

    private ForwardingClient(Fd socket) {
        this.socket = socket;
    }

    /// Connects to a daemon's socket for commands.
    public static ForwardingClient connect(Path socket) throws ErrnoException {
        return new ForwardingClient(UnixSocket.connect(socket, UnixSocket.Type.STREAM));
    }

    /// Readable when there is an answer, or the end.
    public Fd socket() {
        return socket;
    }

    /// Sends the request with the three standard streams. A server that refuses meanwhile is heard by [#answers].
    public void request(Request request, List<Fd> streams) throws ErrnoException {
        try {
            var done = UnixSocket.send(socket, Wire.opening(), streams);
            if (done < Wire.OPENING) {
                send(Arrays.copyOfRange(Wire.opening(), done, Wire.OPENING));
            }
            send(Wire.frame(Wire.REQUEST, request.encode()));
        } catch (ErrnoException e) {
            if (!e.is(Errno.EPIPE, Errno.ECONNRESET)) {
                throw e;
            }
        }
    }

    /// Sends a signal. A server that is gone is heard by [#answers].
    public void signal(Signal signal) throws ErrnoException {
        try {
            send(Wire.frame(
                    Wire.SIGNAL, ByteBuffer.allocate(4).putInt(signal.number()).array()));
        } catch (ErrnoException e) {
            if (!e.is(Errno.EPIPE, Errno.ECONNRESET)) {
                throw e;
            }
        }
    }

    private void send(byte[] bytes) throws ErrnoException {
        for (var done = 0; done < bytes.length; ) {
            done += UnixSocket.send(socket, Arrays.copyOfRange(bytes, done, bytes.length), List.of());
        }
    }

    /// The answers that have come; none when the first has to come whole yet. Waits until something has come.
    public List<Answer> answers() {
        var answers = new ArrayList<Answer>();
        try {
            var received = UnixSocket.receive(socket, PIECE);
            received.fds().forEach(Fd::close);
            if (received.isEnd()) {
                return List.of(new Answer.Lost());
            }
            incoming.add(received.data());
            for (var frame = incoming.next(Wire.LARGEST_ANSWER);
                    frame.isPresent();
                    frame = incoming.next(Wire.LARGEST_ANSWER)) {
                answers.add(Answer.of(frame.get()));
            }
        } catch (ErrnoException gone) {
            answers.add(new Answer.Lost());
        } catch (ProtocolException e) {
            answers.add(new Answer.Refused("forward a command: " + e.getMessage(), ""));
        }
        return answers;
    }

    @Override
    public void close() {
        socket.close();
    }
}
