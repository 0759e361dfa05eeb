package dev.coracle.forwarding;

import dev.coracle.linux.Errno;
import dev.coracle.linux.ErrnoException;
import dev.coracle.linux.Fd;
import dev.coracle.linux.Polling;
import dev.coracle.linux.UnixSocket;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The server's side of the beginning: reads a client's opening, its request and its descriptors.
final class Opening {
    private static final int PIECE = 64 << 10;

    private final Fd socket;
    private final Duration deadline;
    private final Incoming incoming;
    private final List<Fd> fds = new ArrayList<>();

    /// @param deadline within which the client must have said what it wants
    Opening(Fd socket, Incoming incoming, Duration deadline) {
        this.socket = socket;
        this.incoming = incoming;
        this.deadline = deadline;
    }

    /// Speaks another version.
    static final class OtherVersion extends IOException {
        private static final long serialVersionUID = 1;
        private final int version;

        OtherVersion(int version) {
            super("the client speaks version " + version + " of command forwarding, this daemon version "
                    + Wire.VERSION);
            this.version = version;
        }

        boolean isNewer() {
            return version > Wire.VERSION;
        }
    }

    /// Reads all of it.
    ///
    /// @throws ProtocolException when it is not what the protocol says, or takes too long
    /// @throws OtherVersion when the client speaks another version, of which nothing is read
    Request read() throws IOException {
        var end = System.nanoTime() + deadline.toNanos();
        while (true) {
            var version = incoming.version();
            if (version.isPresent() && version.get() != Wire.VERSION) {
                throw new OtherVersion(version.get());
            }
            var frame = incoming.next(Wire.LARGEST_REQUEST);
            if (frame.isPresent()) {
                return request(frame.get());
            }
            receive(end);
        }
    }

    private Request request(Incoming.Frame frame) throws ProtocolException {
        if (frame.kind() != Wire.REQUEST) {
            throw new ProtocolException("a message of kind " + frame.kind() + " where a request belongs");
        }
        if (fds.size() != Wire.DESCRIPTORS) {
            throw new ProtocolException(fds.size() + " descriptors where " + Wire.DESCRIPTORS + " belong");
        }
        return Request.decode(frame.payload());
    }

    private void receive(long end) throws IOException {
        if (!Polling.awaitReadable(socket, Duration.ofNanos(Math.max(0, end - System.nanoTime())))) {
            throw new ProtocolException("the client has not said within " + deadline.toMillis() + " ms what it wants");
        }
        piece().ifPresent(received -> {
            incoming.add(received.data());
            fds.addAll(received.fds());
        });
        if (fds.size() > Wire.DESCRIPTORS) {
            throw new ProtocolException("more than " + Wire.DESCRIPTORS + " descriptors");
        }
    }

    private Optional<UnixSocket.Received> piece() throws IOException {
        try {
            var received = UnixSocket.receive(socket, PIECE);
            if (received.isEnd()) {
                throw new ProtocolException("the client has gone before it said what it wants");
            }
            return Optional.of(received);
        } catch (ErrnoException e) {
            if (e.is(Errno.EAGAIN)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /// The descriptors that have come so far, for their new owner.
    List<Fd> fds() {
        return List.copyOf(fds);
    }
}
