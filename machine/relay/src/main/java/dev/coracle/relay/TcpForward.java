package dev.coracle.relay;

import dev.coracle.linux.Epoll;
import dev.coracle.linux.Errno;
import dev.coracle.linux.ErrnoException;
import dev.coracle.linux.Fd;
import dev.coracle.linux.IpSocket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/// A listening socket that all threads of the relay take connections from.
final class TcpForward implements Forward {
    private static final int AT_ONCE = 16;
    private static final Duration PAUSE = Duration.ofMillis(100);

    private final Fd listener;
    private final InetSocketAddress address;
    private final Target target;
    private final List<Acceptor> acceptors = new ArrayList<>();
    private final AtomicInteger active = new AtomicInteger();

    private TcpForward(Fd listener, InetSocketAddress address, Target target) {
        this.listener = listener;
        this.address = address;
        this.target = target;
    }

    static TcpForward open(List<Loop> loops, Fd listener, Target target) throws IOException, InterruptedException {
        var forward = new TcpForward(listener, IpSocket.localAddress(listener), target);
        try {
            for (var loop : loops) {
                var acceptor = forward.new Acceptor(loop);
                loop.call(() -> {
                    acceptor.listen();
                    return true;
                });
                forward.acceptors.add(acceptor);
            }
            return forward;
        } catch (IOException | InterruptedException | RuntimeException failure) {
            forward.close();
            throw failure;
        }
    }

    @Override
    public InetSocketAddress address() {
        return address;
    }

    @Override
    public Target target() {
        return target;
    }

    @Override
    public int active() {
        return active.get();
    }

    @Override
    public void close() throws IOException {
        try {
            for (var acceptor : acceptors) {
                acceptor.close();
            }
        } finally {
            listener.close();
        }
    }

    /// What one thread has of the forward.
    final class Acceptor {
        private final Loop loop;
        private final Set<Connection> connections = new HashSet<>();
        private long key = -1;

        Acceptor(Loop loop) {
            this.loop = loop;
        }

        void listen() throws ErrnoException {
            key = loop.watch(listener, Epoll.READABLE | Epoll.EXCLUSIVE, this::accept);
            loop.atEnd(this, this::end);
        }

        private void accept(int events) throws ErrnoException {
            for (var i = 0; i < AT_ONCE && key >= 0; i++) {
                var accepted = loop.mover().accept(listener);
                if (accepted < 0) {
                    refuse((int) -accepted);
                    return;
                }
                serve(Fd.adopt((int) accepted));
            }
        }

        private void refuse(int number) {
            if (number == Errno.EMFILE.number()
                    || number == Errno.ENFILE.number()
                    || number == Errno.ENOBUFS.number()
                    || number == Errno.ENOMEM.number()) {
                // clients wait in the queue of the socket until there is room again
                loop.unwatch(listener, key);
                key = -1;
                loop.after(PAUSE, this::resume);
            }
            // anything else is about a single client, who is gone already
        }

        private void resume() {
            if (!listener.isOpen() || key >= 0) {
                return;
            }
            try {
                key = loop.watch(listener, Epoll.READABLE | Epoll.EXCLUSIVE, this::accept);
            } catch (ErrnoException failure) {
                loop.after(PAUSE, this::resume);
            }
        }

        private void serve(Fd client) throws ErrnoException {
            Backends.Backend backend;
            try {
                backend = Backends.connectTcp(target, loop.mover());
            } catch (ErrnoException refused) {
                IpSocket.resetOnClose(client);
                client.close();
                return;
            }
            var connection = new Connection(loop, this, client, backend.socket());
            connections.add(connection);
            active.incrementAndGet();
            try {
                connection.start(backend.isConnected());
            } catch (ErrnoException failure) {
                connection.reset();
                throw failure;
            }
        }

        void ended(Connection connection) {
            if (connections.remove(connection)) {
                active.decrementAndGet();
            }
        }

        private void end() {
            if (key >= 0) {
                loop.unwatch(listener, key);
                key = -1;
            }
            List.copyOf(connections).forEach(Connection::reset);
        }

        void close() throws IOException {
            loop.callUnlessClosed(() -> {
                loop.forgetEnd(this);
                end();
                return true;
            });
        }
    }
}
