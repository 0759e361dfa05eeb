package dev.coracle.relay;

import dev.coracle.linux.Errno;
import dev.coracle.linux.ErrnoException;
import dev.coracle.linux.Fd;
import dev.coracle.linux.IpSocket;
import dev.coracle.linux.Mover;
import org.jspecify.annotations.Nullable;

/// One direction of a connection. Little things are read and sent on at once; who sends more than a buffer full gets a
/// pipe, through which the kernel moves the rest.
final class Stream {
    /// How far a turn went.
    enum Outcome {
        /// Nothing to do until one of the sockets changes.
        WAITS,
        /// Stopped to let others have their turn.
        HAS_MORE,
        /// The end has been passed on.
        DONE,
        /// One of the sockets is broken.
        BROKEN
    }

    private static final long TURN_BYTES = 1 << 20;
    private static final long EAGAIN = -Errno.EAGAIN.number();
    private static final byte[] NOTHING = {};

    private final Loop loop;
    private final Fd from;
    private final Fd to;
    private byte[] kept = NOTHING;
    private int keptSent;
    private Pipes.@Nullable Room room;
    private long inPipe;
    private boolean ended;
    private boolean done;
    private boolean blocked;
    private boolean moved;

    Stream(Loop loop, Fd from, Fd to) {
        this.loop = loop;
        this.from = from;
        this.to = to;
    }

    /// Waits for the receiver to take more.
    boolean isBlocked() {
        return blocked;
    }

    boolean isDone() {
        return done;
    }

    Outcome pump() throws ErrnoException {
        if (done) {
            return Outcome.DONE;
        }
        blocked = false;
        moved = true;
        for (var left = TURN_BYTES; left > 0; ) {
            var count = step();
            if (count == EAGAIN) {
                return Outcome.WAITS;
            }
            if (count < 0) {
                return Outcome.BROKEN;
            }
            if (done) {
                return Outcome.DONE;
            }
            left -= count;
        }
        return Outcome.HAS_MORE;
    }

    /// Moves something on. Returns how much, or why not.
    private long step() throws ErrnoException {
        if (keptSent < kept.length) {
            return sendKept();
        }
        return room == null ? copy() : splice(room);
    }

    private long sendKept() {
        var count = loop.mover().write(to, kept, keptSent);
        if (count > 0) {
            keptSent += (int) count;
            if (keptSent == kept.length) {
                kept = NOTHING;
                keptSent = 0;
            }
        }
        blocked = count == EAGAIN;
        return count;
    }

    private long copy() throws ErrnoException {
        var read = loop.mover().read(from);
        if (read == 0) {
            return finish();
        }
        if (read < 0) {
            return read;
        }
        var sent = loop.mover().write(to, 0, read);
        if (sent < 0 && sent != EAGAIN) {
            return sent;
        }
        if (sent < read) {
            kept = loop.mover().keep(Math.max(0, sent), read - Math.max(0, sent));
            keptSent = 0;
        }
        if (read == Mover.BUFFER) {
            room = loop.pipes().take(this);
        }
        return read;
    }

    private long splice(Pipes.Room pipe) throws ErrnoException {
        var in = EAGAIN;
        if (!ended && inPipe < pipe.bytes()) {
            in = loop.mover().splice(from, pipe.pipe().writer(), pipe.bytes() - inPipe);
            if (in == 0) {
                ended = true;
            } else if (in > 0) {
                inPipe += in;
            } else if (in != EAGAIN) {
                return in;
            }
        }
        if (inPipe > 0) {
            var out = loop.mover().splice(pipe.pipe().reader(), to, inPipe);
            if (out > 0) {
                inPipe -= out;
                return out;
            }
            blocked = out == EAGAIN;
            return out;
        }
        return ended ? finish() : in;
    }

    private long finish() throws ErrnoException {
        done = true;
        release();
        try {
            IpSocket.shutdownWrite(to);
            return 0;
        } catch (ErrnoException failure) {
            if (failure.is(Errno.ENOTCONN)) {
                return -failure.number();
            }
            throw failure;
        }
    }

    /// Gives the pipe back when nothing has moved since the last time somebody looked.
    void restIfIdle() {
        if (!moved && inPipe == 0) {
            release();
        }
        moved = false;
    }

    /// The connection ends, with whatever is under way.
    void release() {
        if (room != null) {
            loop.pipes().giveBack(this, room, inPipe == 0);
            room = null;
        }
    }
}
