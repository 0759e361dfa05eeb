package dev.coracle.runtime;

import dev.coracle.base.EngineException.NotFound;
import dev.coracle.core.tasks.OutputListener;
import dev.coracle.core.tasks.TaskConnection;
import dev.coracle.linux.Errno;
import dev.coracle.linux.ErrnoException;
import dev.coracle.linux.Fd;
import dev.coracle.linux.UnixSocket;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;

/// A client of conmon's attach socket. Each packet that comes begins with a byte that names the stream; what is sent
/// goes to the process's stdin. The end of the socket is the end of conmon, which has sent everything by then.
final class AttachedClient implements TaskConnection {
    private static final System.Logger LOG = System.getLogger(AttachedClient.class.getName());

    /// More than any conmon sends at once (8 KiB, later versions 32 KiB, and the first byte).
    private static final int PACKET = 1 << 16;

    /// What conmon takes at once; it reads 32 KiB less one, earlier versions 8 KiB.
    private static final int CHUNK = 8_000;

    private static final byte ERRORS = 3;

    private final Fd socket;
    private final OutputListener listener;
    private final CountDownLatch over = new CountDownLatch(1);

    private AttachedClient(Fd socket, OutputListener listener) {
        this.socket = socket;
        this.listener = listener;
    }

    static AttachedClient open(TaskProcess process, OutputListener listener) throws IOException {
        try {
            var socket = UnixSocket.connect(process.directory().resolve("attach"), UnixSocket.Type.SEQUENCED_PACKET);
            var client = new AttachedClient(socket, listener);
            // reading blocks in the kernel
            Thread.ofPlatform()
                    .daemon()
                    .name("attached-" + process.key().containerId())
                    .uncaughtExceptionHandler((thread, failure) ->
                            LOG.log(System.Logger.Level.ERROR, "thread ended by a failure thread=" + thread, failure))
                    .start(client::read);
            return client;
        } catch (ErrnoException failure) {
            if (failure.is(Errno.ENOENT, Errno.ECONNREFUSED)) {
                throw new NotFound("process already finished", failure);
            }
            throw failure;
        }
    }

    private void read() {
        var buffer = new byte[PACKET];
        var payload = new byte[PACKET];
        try (socket) {
            for (var count = receive(buffer); count > 0; count = receive(buffer)) {
                System.arraycopy(buffer, 1, payload, 0, count - 1);
                listener.output(buffer[0] == ERRORS, payload, count - 1);
            }
        } catch (IOException gone) {
            LOG.log(System.Logger.Level.DEBUG, () -> "output is not wanted any more: " + gone.getMessage());
        } finally {
            over.countDown();
            listener.ended();
        }
    }

    private int receive(byte[] buffer) throws ErrnoException {
        try {
            return socket.read(buffer, 0, buffer.length);
        } catch (ErrnoException failure) {
            if (failure.is(Errno.ECONNRESET)) {
                return 0;
            }
            throw failure;
        }
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        for (var at = 0; at < length; at += CHUNK) {
            socket.write(bytes, offset + at, Math.min(CHUNK, length - at));
        }
    }

    @Override
    public void closeInput() {
        quietly(() -> UnixSocket.shutdownWrite(socket));
    }

    private interface Call {
        void run() throws ErrnoException;
    }

    private void quietly(Call call) {
        if (over.getCount() == 0) {
            return;
        }
        try {
            call.run();
        } catch (ErrnoException ended) {
            LOG.log(System.Logger.Level.DEBUG, () -> "attach socket: " + ended.getMessage());
        } catch (IllegalStateException closed) {
            LOG.log(System.Logger.Level.DEBUG, "attach socket is closed", closed);
        }
    }

    /// The reading thread wakes up by that and closes the socket.
    @Override
    public void close() {
        quietly(() -> UnixSocket.shutdownRead(socket));
        quietly(() -> UnixSocket.shutdownWrite(socket));
    }
}
