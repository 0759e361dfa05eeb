package dev.coracle.logs;

import dev.coracle.linux.ErrnoException;
import dev.coracle.linux.Fd;
import dev.coracle.linux.UnixSocket;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.List;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/// A way to a service: bytes as a stream, or messages one by one.
interface Wire extends AutoCloseable {
    int PATIENCE_MILLIS = 10_000;

    void send(byte[] message) throws IOException;

    /// Waits for what is answered on a stream.
    ///
    /// @return how many bytes came; 0 at the end
    default int receive(byte[] buffer) throws IOException {
        throw new IOException("nothing is answered on this way");
    }

    @Override
    void close();

    /// @throws IOException when nobody answers
    static Wire tcp(Address address) throws IOException {
        return new OverSocket(connected(address));
    }

    static Wire tls(Address address, SSLSocketFactory factory) throws IOException {
        var plain = connected(address);
        try {
            var socket = (SSLSocket) factory.createSocket(plain, address.host(), address.port(), true);
            var parameters = new SSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            return new OverSocket(socket);
        } catch (IOException | RuntimeException failure) {
            plain.close();
            throw failure;
        }
    }

    private static Socket connected(Address address) throws IOException {
        var socket = new Socket();
        try {
            socket.connect(resolved(address), PATIENCE_MILLIS);
            socket.setSoTimeout(PATIENCE_MILLIS);
            return socket;
        } catch (IOException | RuntimeException failure) {
            socket.close();
            throw failure;
        }
    }

    private static InetSocketAddress resolved(Address address) throws UnknownHostException {
        var resolved = new InetSocketAddress(address.host(), address.port());
        if (resolved.isUnresolved()) {
            throw new UnknownHostException(address.host() + " is not known");
        }
        return resolved;
    }

    static Wire udp(Address address) throws IOException {
        var target = resolved(address);
        return new OverUdp(new DatagramSocket(), target);
    }

    static Wire unix(Path path, UnixSocket.Type type) throws ErrnoException {
        return new OverUnix(UnixSocket.connect(path, type));
    }

    /// Over TCP, in the clear or not.
    record OverSocket(Socket socket) implements Wire {
        @Override
        public void send(byte[] message) throws IOException {
            socket.getOutputStream().write(message);
            socket.getOutputStream().flush();
        }

        @Override
        public int receive(byte[] buffer) throws IOException {
            return Math.max(0, socket.getInputStream().read(buffer));
        }

        @Override
        public void close() {
            try {
                socket.close();
            } catch (IOException e) {
                System.getLogger(Wire.class.getName()).log(System.Logger.Level.DEBUG, "close a socket", e);
            }
        }
    }

    /// A datagram each; whether it arrives is not told.
    record OverUdp(DatagramSocket socket, InetSocketAddress target) implements Wire {
        @Override
        public void send(byte[] message) throws IOException {
            socket.send(new DatagramPacket(message, message.length, target));
        }

        @Override
        public void close() {
            socket.close();
        }
    }

    /// Over a unix socket.
    record OverUnix(Fd socket) implements Wire {
        @Override
        public void send(byte[] message) throws IOException {
            var sent = 0;
            while (sent < message.length) {
                var rest = sent == 0 ? message : java.util.Arrays.copyOfRange(message, sent, message.length);
                sent += UnixSocket.send(socket, rest, List.of());
            }
        }

        @Override
        public int receive(byte[] buffer) throws IOException {
            return socket.read(buffer, 0, buffer.length);
        }

        @Override
        public void close() {
            socket.close();
        }
    }
}
