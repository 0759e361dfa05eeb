package dev.coracle.runtime;

import dev.coracle.linux.Errno;
import dev.coracle.linux.ErrnoException;
import dev.coracle.linux.Fd;
import dev.coracle.linux.Poller;
import dev.coracle.linux.UnixSocket;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/// Carries what a client writes into its pipe to the terminal, by conmon's attach socket. Everything happens on the
/// poller's thread.
final class ConsoleInput {
    /// Fits into conmon's buffer, which holds one packet of 32 KiB less one.
    private static final int PACKET = 1 << 13;

    private final Poller poller;
    private final Fd pipe;
    private final Fd socket;
    private final byte[] buffer = new byte[PACKET];
    private byte[] pending = {};
    private boolean closed;

    private ConsoleInput(Poller poller, Fd pipe, Fd socket) {
        this.poller = poller;
        this.pipe = pipe;
        this.socket = socket;
    }

    /// @param pipe the client's pipe, open on both ends, so that there is no end of it; taken over
    static ConsoleInput open(Poller poller, Path directory, Fd pipe) throws IOException {
        pipe.setNonBlocking(true);
        var socket = UnixSocket.connect(directory.resolve("attach"), UnixSocket.Type.SEQUENCED_PACKET);
        // conmon writes all output to its clients and would wait for us; this makes it give up at once
        UnixSocket.shutdownRead(socket);
        socket.setNonBlocking(true);
        return new ConsoleInput(poller, pipe, socket);
    }

    void start() throws IOException {
        poller.onReadable(pipe, this::read);
    }

    private void read() throws ErrnoException {
        try {
            var count = pipe.read(buffer, 0, buffer.length);
            pending = Arrays.copyOf(buffer, count);
            if (!send()) {
                poller.remove(pipe);
                poller.onWritable(socket, this::flush);
            }
        } catch (ErrnoException failure) {
            stopUnlessEmpty(failure);
        }
    }

    private boolean send() throws ErrnoException {
        try {
            socket.writeSome(pending, 0, pending.length);
            return true;
        } catch (ErrnoException failure) {
            if (failure.is(Errno.EAGAIN)) {
                return false;
            }
            throw failure;
        }
    }

    private void flush() throws ErrnoException {
        try {
            if (send()) {
                poller.remove(socket);
                poller.onReadable(pipe, this::read);
            }
        } catch (ErrnoException failure) {
            stopUnlessEmpty(failure);
        }
    }

    private void stopUnlessEmpty(ErrnoException failure) throws ErrnoException {
        if (failure.is(Errno.EAGAIN)) {
            return;
        }
        close();
        if (!failure.is(Errno.EPIPE, Errno.ECONNRESET)) {
            throw failure;
        }
    }

    /// On the poller's thread.
    void close() {
        if (!closed) {
            closed = true;
            poller.remove(pipe);
            poller.remove(socket);
            pipe.close();
            socket.close();
        }
    }
}
