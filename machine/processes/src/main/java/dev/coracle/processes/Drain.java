package dev.coracle.processes;

import dev.coracle.linux.ErrnoException;
import dev.coracle.linux.Fd;
import dev.coracle.linux.Poller;
import java.io.ByteArrayOutputStream;
import java.util.concurrent.CountDownLatch;

/// Reads what a child writes, so that it never blocks, and keeps the first or the last part of it.
final class Drain {
    private final Poller poller;
    private final Fd pipe;
    private final int most;
    private final boolean keepLast;
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final byte[] buffer = new byte[1 << 14];

    Drain(Poller poller, Fd pipe, int most, boolean keepLast) {
        this.poller = poller;
        this.pipe = pipe;
        this.most = most;
        this.keepLast = keepLast;
    }

    void start() throws ErrnoException {
        pipe.setNonBlocking(true);
        poller.onReadable(pipe, this::read);
    }

    private void read() throws ErrnoException {
        int count;
        try {
            count = pipe.read(buffer, 0, buffer.length);
        } catch (ErrnoException failure) {
            if (failure.is(dev.coracle.linux.Errno.EAGAIN)) {
                return;
            }
            stop();
            throw failure;
        }
        if (count == 0) {
            stop();
            return;
        }
        synchronized (kept) {
            keep(count);
        }
    }

    private void keep(int count) {
        if (!keepLast) {
            kept.write(buffer, 0, Math.min(count, most - kept.size()));
            return;
        }
        kept.write(buffer, 0, count);
        if (kept.size() > 2 * most) {
            var all = kept.toByteArray();
            kept.reset();
            kept.write(all, all.length - most, most);
        }
    }

    /// Stops reading; called on the poller's thread.
    void stop() {
        if (pipe.isOpen()) {
            poller.remove(pipe);
            pipe.close();
        }
        ended.countDown();
    }

    /// Waits for the end of the stream, but not for grandchildren that keep it open.
    void awaitEnd(long milliseconds) throws InterruptedException {
        if (!ended.await(milliseconds, java.util.concurrent.TimeUnit.MILLISECONDS)) {
            poller.execute(this::stop);
        }
    }

    byte[] bytes() {
        synchronized (kept) {
            var all = kept.toByteArray();
            return all.length <= most ? all : java.util.Arrays.copyOfRange(all, all.length - most, all.length);
        }
    }
}
