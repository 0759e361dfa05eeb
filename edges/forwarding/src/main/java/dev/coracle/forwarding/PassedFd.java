package dev.coracle.forwarding;

import dev.coracle.linux.Errno;
import dev.coracle.linux.ErrnoException;
import dev.coracle.linux.Fd;
import dev.coracle.linux.FileStatus;
import dev.coracle.linux.Poller;
import dev.coracle.linux.Polling;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// A descriptor that a client passed. Its open file is shared with the client, so it is left in the
/// mode it has; whoever must wait for it waits in Java, where a thread can be interrupted, and the
/// descriptor is only touched when it is ready. So nothing is taken from a terminal for a command
/// that has ended.
final class PassedFd implements AutoCloseable {
    /// What a pipe that is ready takes without waiting.
    private static final int PIECE = 4096;

    private static final Duration NOW = Duration.ZERO;

    private final Fd fd;
    private final Poller poller;
    private final Runnable onBrokenPipe;
    private final ReentrantLock inUse = new ReentrantLock();
    private boolean mayWait;
    private volatile boolean ended;
    private @Nullable CountDownLatch waiting;

    PassedFd(Fd fd, Poller poller, Runnable onBrokenPipe) {
        this.fd = fd;
        this.poller = poller;
        this.onBrokenPipe = onBrokenPipe;
        this.mayWait = !isFile(fd);
    }

    private static boolean isFile(Fd fd) {
        try {
            return fd.status().type() == FileStatus.Type.FILE;
        } catch (ErrnoException unknown) {
            return false;
        }
    }

    Fd fd() {
        return fd;
    }

    /// At the end -1, and also once the client is gone.
    int read(byte[] buffer, int offset, int length) throws IOException {
        inUse.lock();
        try {
            while (!ended) {
                if (mayWait && !Polling.awaitReadable(fd, NOW)) {
                    await(false);
                    continue;
                }
                try {
                    var count = fd.read(buffer, offset, length);
                    return count == 0 ? -1 : count;
                } catch (ErrnoException e) {
                    require(e);
                }
            }
            return -1;
        } finally {
            inUse.unlock();
        }
    }

    void write(byte[] buffer, int offset, int length) throws IOException {
        inUse.lock();
        try {
            for (var done = 0; done < length; ) {
                if (ended) {
                    throw new IOException("the client is gone");
                }
                if (mayWait && !Polling.awaitWritable(fd, NOW)) {
                    await(true);
                    continue;
                }
                try {
                    var left = length - done;
                    done += fd.writeSome(buffer, offset + done, mayWait ? Math.min(left, PIECE) : left);
                } catch (ErrnoException e) {
                    require(e);
                }
            }
        } finally {
            inUse.unlock();
        }
    }

    /// Somebody else was quicker, in a file that does not wait: that is no failure.
    private void require(ErrnoException failure) throws ErrnoException {
        if (failure.is(Errno.EPIPE)) {
            onBrokenPipe.run();
        }
        if (!failure.is(Errno.EAGAIN)) {
            throw failure;
        }
    }

    private void await(boolean write) throws IOException {
        var latch = new CountDownLatch(1);
        if (!watch(latch, write)) {
            return;
        }
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for the client's " + fd);
        } finally {
            unwatch(latch);
        }
    }

    private synchronized boolean watch(CountDownLatch latch, boolean write) throws ErrnoException {
        if (ended) {
            return false;
        }
        try {
            if (write) {
                poller.onWritable(fd, () -> unwatch(latch));
            } else {
                poller.onReadable(fd, () -> unwatch(latch));
            }
        } catch (ErrnoException e) {
            poller.remove(fd);
            if (e.is(Errno.EPERM)) { // a device that is always ready
                mayWait = false;
                return false;
            }
            throw e;
        }
        waiting = latch;
        return true;
    }

    private synchronized void unwatch(CountDownLatch latch) {
        if (latch.equals(waiting)) {
            poller.remove(fd);
            waiting = null;
        }
        latch.countDown();
    }

    /// From now on nothing is read or written; who waits is woken.
    synchronized void end() {
        ended = true;
        if (waiting != null) {
            unwatch(waiting);
        }
    }

    @Override
    public void close() {
        end();
        inUse.lock();
        try {
            fd.close();
        } finally {
            inUse.unlock();
        }
    }

    InputStream input() {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                var one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] buffer, int offset, int length) throws IOException {
                return length == 0 ? 0 : PassedFd.this.read(buffer, offset, length);
            }
        };
    }

    OutputStream output() {
        return new OutputStream() {
            @Override
            public void write(int one) throws IOException {
                write(new byte[] {(byte) one});
            }

            @Override
            public void write(byte[] buffer, int offset, int length) throws IOException {
                PassedFd.this.write(buffer, offset, length);
            }
        };
    }
}
