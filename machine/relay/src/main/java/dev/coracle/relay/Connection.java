package dev.coracle.relay;

import dev.coracle.linux.Epoll;
import dev.coracle.linux.ErrnoException;
import dev.coracle.linux.Fd;
import dev.coracle.linux.IpSocket;
import dev.coracle.relay.Stream.Outcome;

/// A client's connection and the one made for it. Each end is passed on by itself, so that one side may stop sending
/// while it still receives; a connection that breaks on one side is reset on the other.
final class Connection {
    private static final int ALL = Epoll.READABLE | Epoll.WRITABLE | Epoll.PEER_DONE | Epoll.EDGE;
    private static final int INPUT = Epoll.READABLE | Epoll.PEER_DONE | Epoll.HANG_UP | Epoll.ERROR;

    private final Loop loop;
    private final TcpForward.Acceptor owner;
    private final Fd client;
    private final Fd backend;
    private final Stream up;
    private final Stream down;
    private long clientKey = -1;
    private long backendKey = -1;
    private boolean connected;
    private boolean closed;

    Connection(Loop loop, TcpForward.Acceptor owner, Fd client, Fd backend) {
        this.loop = loop;
        this.owner = owner;
        this.client = client;
        this.backend = backend;
        this.up = new Stream(loop, client, backend);
        this.down = new Stream(loop, backend, client);
    }

    /// @param isConnected whether the backend has answered already
    void start(boolean isConnected) throws ErrnoException {
        connected = isConnected;
        backendKey = loop.watch(backend, ALL, this::backendReady);
        clientKey = loop.watch(client, ALL, this::clientReady);
        if (connected) {
            pump(up);
        }
    }

    private void clientReady(int events) throws ErrnoException {
        if (!connected) {
            if ((events & (Epoll.ERROR | Epoll.HANG_UP)) != 0) {
                reset();
            }
            return;
        }
        handle(events, up, down);
    }

    private void backendReady(int events) throws ErrnoException {
        if (!connected) {
            if (IpSocket.error(backend) != 0) {
                reset();
                return;
            }
            if ((events & Epoll.WRITABLE) == 0) {
                return;
            }
            connected = true;
            pump(up);
        }
        handle(events, down, up);
    }

    private void handle(int events, Stream in, Stream out) throws ErrnoException {
        if (!closed && (events & Epoll.WRITABLE) != 0 && out.isBlocked()) {
            pump(out);
        }
        if (closed || (events & INPUT) == 0) {
            return;
        }
        // an error is found by reading, behind what came before it; where nobody reads any more, here
        if ((events & Epoll.ERROR) != 0 && (in.isDone() || in.isBlocked())) {
            reset();
        } else if (!in.isBlocked()) {
            pump(in);
        }
    }

    private void pump(Stream stream) throws ErrnoException {
        if (closed) {
            return;
        }
        Outcome outcome;
        try {
            outcome = stream.pump();
        } catch (ErrnoException failure) {
            reset();
            throw failure;
        }
        switch (outcome) {
            case WAITS -> {}
            case HAS_MORE -> loop.again(_ -> pump(stream));
            case DONE -> {
                if (up.isDone() && down.isDone()) {
                    close();
                }
            }
            case BROKEN -> reset();
        }
    }

    /// Ends it so that both peers notice.
    void reset() {
        try {
            IpSocket.resetOnClose(client);
            IpSocket.resetOnClose(backend);
        } catch (ErrnoException _) {
            // closing without it tells the peers less, which is all that can be done
        }
        close();
    }

    private void close() {
        if (closed) {
            return;
        }
        closed = true;
        forget(clientKey);
        forget(backendKey);
        up.release();
        down.release();
        client.close();
        backend.close();
        owner.ended(this);
    }

    private void forget(long key) {
        if (key >= 0) {
            loop.forget(key);
        }
    }
}
