package dev.coracle.relay;

import dev.coracle.linux.Epoll;
import dev.coracle.linux.Errno;
import dev.coracle.linux.ErrnoException;
import dev.coracle.linux.Fd;
import dev.coracle.linux.IpSocket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/// A UDP socket and its clients, each with a socket of its own towards the target. Belongs to one thread of the relay.
final class UdpForward implements Forward {
    private static final int AT_ONCE = 64;
    private static final int MOST_CLIENTS = 4096;

    private final Loop loop;
    private final Fd socket;
    private final InetSocketAddress address;
    private final Target target;
    private final Duration idle;
    // in the order of their last datagram: who was silent longest comes first
    private final Map<ByteBuffer, Flow> flows = new LinkedHashMap<>(16, 0.75f, true);
    private final AtomicInteger active = new AtomicInteger();
    private long key = -1;

    private UdpForward(Loop loop, Fd socket, InetSocketAddress address, Target target, Duration idle) {
        this.loop = loop;
        this.socket = socket;
        this.address = address;
        this.target = target;
        this.idle = idle;
    }

    static UdpForward open(Loop loop, Fd socket, Target target, Duration idle)
            throws IOException, InterruptedException {
        var forward = new UdpForward(loop, socket, IpSocket.localAddress(socket), target, idle);
        loop.call(() -> {
            forward.key = loop.watch(socket, Epoll.READABLE, forward::receive);
            loop.atEnd(forward, forward::end);
            loop.after(idle, forward::sweep);
            return true;
        });
        return forward;
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

    private void receive(int events) throws ErrnoException {
        for (var i = 0; i < AT_ONCE && key >= 0; i++) {
            var length = loop.mover().receive(socket);
            if (length == -Errno.EAGAIN.number()) {
                return;
            }
            if (length >= 0) {
                send(length);
            }
            // otherwise the error is about an answer sent earlier, such as a client that is gone
        }
    }

    /// Datagrams may be lost: one that cannot be sent on is dropped.
    private void send(long length) throws ErrnoException {
        var peer = loop.mover().peerBytes();
        var flow = flows.get(ByteBuffer.wrap(peer));
        if (flow == null) {
            flow = begin(peer);
            if (flow == null) {
                return;
            }
        }
        flow.lastNanos = System.nanoTime();
        flow.replySource = loop.mover().replySource();
        if (flow.send(length) == -Errno.ECONNREFUSED.number()) {
            // the answer to an earlier one; this one has not been sent yet
            var _ = flow.send(length);
        }
    }

    private @org.jspecify.annotations.Nullable Flow begin(byte[] peer) throws ErrnoException {
        if (flows.size() >= MOST_CLIENTS) {
            flows.values().iterator().next().close();
        }
        Backends.Datagrams backend;
        try {
            backend = Backends.connectUdp(target, loop.mover());
        } catch (ErrnoException failure) {
            if (flows.isEmpty()) {
                return null;
            }
            // out of descriptors, most likely: the next datagram finds the one of the silent client
            flows.values().iterator().next().close();
            return null;
        }
        try {
            var flow = new Flow(peer, backend);
            flow.key = loop.watch(backend.socket(), Epoll.READABLE, flow::answer);
            flows.put(ByteBuffer.wrap(peer), flow);
            active.incrementAndGet();
            return flow;
        } catch (ErrnoException failure) {
            backend.socket().close();
            return null;
        }
    }

    private void sweep() {
        if (key < 0) {
            return;
        }
        var now = System.nanoTime();
        for (var flow : List.copyOf(flows.values())) {
            if (now - flow.lastNanos < idle.toNanos()) {
                break;
            }
            flow.close();
        }
        // looked at often enough that nobody stays more than a quarter longer
        loop.after(flows.isEmpty() ? idle : idle.dividedBy(4), this::sweep);
    }

    private void end() {
        if (key >= 0) {
            loop.unwatch(socket, key);
            key = -1;
        }
        List.copyOf(flows.values()).forEach(Flow::close);
    }

    @Override
    public void close() throws IOException {
        try {
            loop.callUnlessClosed(() -> {
                loop.forgetEnd(this);
                end();
                return true;
            });
        } finally {
            socket.close();
        }
    }

    /// One client.
    private final class Flow {
        private final byte[] peer;
        private final Fd backend;
        private final boolean isConnected;
        private byte[] replySource = {};
        private long key = -1;
        private long lastNanos;

        Flow(byte[] peer, Backends.Datagrams backend) {
            this.peer = peer;
            this.backend = backend.socket();
            this.isConnected = backend.isConnected();
        }

        /// Sends on what the client has just sent.
        private long send(long length) {
            return isConnected
                    ? loop.mover().write(backend, 0, length)
                    : loop.mover().send(backend, target.address(), length);
        }

        /// What came from another port is no answer.
        private long receive() {
            if (isConnected) {
                return loop.mover().read(backend);
            }
            var length = loop.mover().receive(backend);
            return length < 0
                            || loop.mover().peer().getPort() == target.address().getPort()
                    ? length
                    : -Errno.EPROTO.number();
        }

        private void answer(int events) {
            for (var i = 0; i < AT_ONCE; i++) {
                var length = receive();
                if (length == -Errno.EAGAIN.number()) {
                    break;
                }
                if (length >= 0) {
                    // dropped when the client's side is full, as any datagram may be
                    var _ = loop.mover().reply(socket, peer, replySource, length);
                }
            }
            // an answer keeps the client known, and moves it to the end of the order
            if (flows.get(ByteBuffer.wrap(peer)) == this) {
                lastNanos = System.nanoTime();
            }
        }

        private void close() {
            loop.forget(key);
            backend.close();
            if (flows.remove(ByteBuffer.wrap(peer), this)) {
                active.decrementAndGet();
            }
        }
    }
}
