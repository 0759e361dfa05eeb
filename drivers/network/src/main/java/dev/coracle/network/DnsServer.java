package dev.coracle.network;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/// Answers at one address of a network's bridge, by datagrams and streams. Its sockets are made in
/// the container network namespace; the threads that serve them, and the questions to others, are
/// in this process's own.
final class DnsServer implements AutoCloseable {
    static final int PORT = 53;

    private static final System.Logger LOGGER = System.getLogger(DnsServer.class.getName());
    private static final int MOST_FORWARDED = 512;
    private static final int MOST_STREAMS = 128;
    private static final int LARGEST_QUERY = 4096;
    private static final int STREAM_PATIENCE_MILLIS = 10_000;

    /// What a server is bound to, ready to be served.
    record Sockets(DatagramSocket datagrams, ServerSocket streams) implements AutoCloseable {
        /// In the network namespace of the calling thread.
        static Sockets bind(InetAddress address, int port) throws IOException {
            var datagrams = new DatagramSocket(null);
            try {
                datagrams.bind(new InetSocketAddress(address, port));
                var streams = new ServerSocket();
                try {
                    streams.bind(new InetSocketAddress(address, datagrams.getLocalPort()), MOST_STREAMS);
                    return new Sockets(datagrams, streams);
                } catch (IOException e) {
                    streams.close();
                    throw e;
                }
            } catch (IOException e) {
                datagrams.close();
                throw e;
            }
        }

        @Override
        public void close() {
            datagrams.close();
            try {
                streams.close();
            } catch (IOException e) {
                LOGGER.log(System.Logger.Level.WARNING, "close name server", e);
            }
        }
    }

    private final Sockets sockets;
    private final DnsAnswers answers;
    private final Upstreams upstreams;
    private final Resolver resolver;
    private final Semaphore forwarded = new Semaphore(MOST_FORWARDED);
    private final Semaphore streaming = new Semaphore(MOST_STREAMS);
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    private DnsServer(Sockets sockets, DnsAnswers answers, Upstreams upstreams, Resolver resolver) {
        this.sockets = sockets;
        this.answers = answers;
        this.upstreams = upstreams;
        this.resolver = resolver;
    }

    /// Called on a thread of this process's own namespaces: threads are started here.
    static DnsServer serve(Sockets sockets, DnsAnswers answers, Upstreams upstreams, Resolver resolver) {
        var server = new DnsServer(sockets, answers, upstreams, resolver);
        Thread.ofVirtual().name("dns datagrams").start(server::datagrams);
        Thread.ofVirtual().name("dns streams").start(server::streams);
        return server;
    }

    private void datagrams() {
        var packet = new DatagramPacket(new byte[LARGEST_QUERY], LARGEST_QUERY);
        while (!sockets.datagrams().isClosed()) {
            try {
                packet.setLength(LARGEST_QUERY);
                sockets.datagrams().receive(packet);
                datagram(
                        Arrays.copyOf(packet.getData(), packet.getLength()),
                        new InetSocketAddress(packet.getAddress(), packet.getPort()));
            } catch (IOException e) {
                report("receive a question", e);
            } catch (RuntimeException e) {
                // the top of this thread: one question must not take the answers from all others
                LOGGER.log(System.Logger.Level.ERROR, "answer a question", e);
            }
        }
    }

    private void datagram(byte[] message, InetSocketAddress from) {
        var query = DnsQuery.read(message);
        if (query.isEmpty()) {
            DnsQuery.refusal(message).ifPresent(refusal -> reply(refusal, from));
            return;
        }
        var known = answers.answer(query.get(), from.getAddress(), true);
        if (known.isPresent()) {
            reply(known.get(), from);
        } else if (forwarded.tryAcquire()) {
            Thread.ofVirtual().name("dns question").start(() -> {
                try {
                    reply(asked(query.get(), from.getAddress(), true), from);
                } finally {
                    forwarded.release();
                }
            });
        } else {
            reply(query.get().answer(DnsQuery.SERVER_FAILURE), from);
        }
    }

    private byte[] asked(DnsQuery query, InetAddress from, boolean datagram) {
        return resolver.ask(query, answers.servers(from, upstreams.servers()), datagram)
                .orElseGet(() -> query.answer(DnsQuery.SERVER_FAILURE));
    }

    private void reply(byte[] message, InetSocketAddress to) {
        try {
            sockets.datagrams().send(new DatagramPacket(message, message.length, to));
        } catch (IOException e) {
            report("answer " + to, e);
        }
    }

    private void streams() {
        while (!sockets.streams().isClosed()) {
            try {
                var stream = sockets.streams().accept();
                if (!streaming.tryAcquire()) {
                    stream.close();
                    continue;
                }
                open.add(stream);
                Thread.ofVirtual().name("dns stream").start(() -> stream(stream));
            } catch (IOException e) {
                report("accept a stream of questions", e);
            }
        }
    }

    private void stream(Socket stream) {
        try (stream) {
            stream.setSoTimeout(STREAM_PATIENCE_MILLIS);
            var in = new DataInputStream(stream.getInputStream());
            while (true) {
                var message = new byte[in.readUnsignedShort()];
                in.readFully(message);
                var answer = streamed(message, stream.getInetAddress());
                if (answer.isEmpty()) {
                    return;
                }
                var framed = new byte[answer.get().length + 2];
                framed[0] = (byte) (answer.get().length >> 8);
                framed[1] = (byte) answer.get().length;
                System.arraycopy(answer.get(), 0, framed, 2, answer.get().length);
                stream.getOutputStream().write(framed);
            }
        } catch (EOFException e) {
            LOGGER.log(System.Logger.Level.TRACE, "end of a stream of questions", e);
        } catch (IOException e) {
            report("answer a stream of questions", e);
        } finally {
            open.remove(stream);
            streaming.release();
        }
    }

    private Optional<byte[]> streamed(byte[] message, InetAddress from) {
        var query = DnsQuery.read(message);
        if (query.isEmpty()) {
            return DnsQuery.refusal(message);
        }
        return answers.answer(query.get(), from, false).or(() -> Optional.of(asked(query.get(), from, false)));
    }

    /// Clients that vanish are everyday; our own closing is no news at all.
    private void report(String attempt, IOException e) {
        if (!(e instanceof SocketException) || !sockets.datagrams().isClosed()) {
            LOGGER.log(System.Logger.Level.DEBUG, attempt, e);
        }
    }

    @Override
    public void close() {
        sockets.close();
        for (var stream : open) {
            try {
                stream.close();
            } catch (IOException e) {
                LOGGER.log(System.Logger.Level.DEBUG, "close a stream of questions", e);
            }
        }
    }
}
