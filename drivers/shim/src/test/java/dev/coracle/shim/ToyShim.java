package dev.coracle.shim;

import com.google.protobuf.ByteString;
import com.google.rpc.Code;
import com.google.rpc.Status;
import dev.coracle.containerd.api.ttrpc.Request;
import dev.coracle.containerd.api.ttrpc.Response;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/// The process that a shim's program leaves behind, played here: it notes what it is asked, answers
/// with messages in which nothing is set, and refuses what it is told to.
final class ToyShim implements AutoCloseable {
    private final ServerSocketChannel server;
    private final List<SocketChannel> connections = new CopyOnWriteArrayList<>();
    private final Map<String, Code> refused = new ConcurrentHashMap<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private volatile boolean dead;

    ToyShim(Path socket) throws IOException {
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(socket));
        Thread.ofVirtual().start(this::serve);
    }

    /// A program that answers with the socket, and notes its commands in the file `commands` beside
    /// it.
    static Path program(Path folder, int version) throws IOException {
        var file = Files.writeString(folder.resolve("shim"), """
                #!/bin/sh
                for word; do :; done
                echo "$word" >>%1$s/commands
                [ "$word" = delete ] || echo '{"version":%2$d,"address":"unix://%1$s/s","protocol":"ttrpc"}'
                """.formatted(folder, version));
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    void refuse(String method, Code code) {
        refused.put(method, code);
    }

    /// The methods that were called, in their order.
    List<String> asked() {
        return List.copyOf(asked);
    }

    /// Ends all connections, as a process does that is killed.
    void die() throws IOException {
        dead = true;
        server.close();
        for (var connection : connections) {
            connection.close();
        }
    }

    private void serve() {
        try {
            while (true) {
                var connection = server.accept();
                connections.add(connection);
                if (dead) {
                    connection.close(); // one that came while the socket was being closed
                    return;
                }
                Thread.ofVirtual().start(() -> serve(connection));
            }
        } catch (IOException _) {
            // closed
        }
    }

    private void serve(SocketChannel connection) {
        try (var in = new DataInputStream(Channels.newInputStream(connection))) {
            while (true) {
                var length = in.readInt();
                var stream = in.readInt();
                in.skipNBytes(2);
                var request = Request.parseFrom(in.readNBytes(length));
                asked.add(request.getMethod());
                if (!request.getMethod().startsWith("Wait")) {
                    answer(connection, stream, refused.getOrDefault(request.getMethod(), Code.OK));
                }
            }
        } catch (IOException _) {
            // the other side has gone, or we have
        }
    }

    private static void answer(SocketChannel connection, int stream, Code code) throws IOException {
        var status = Status.newBuilder().setCode(code.getNumber());
        if (code != Code.OK) {
            status.setMessage("not today");
        }
        var bytes = Response.newBuilder()
                .setStatus(status)
                .setPayload(ByteString.EMPTY)
                .build()
                .toByteArray();
        var frame = ByteBuffer.allocate(10 + bytes.length)
                .putInt(bytes.length)
                .putInt(stream)
                .put((byte) 2)
                .put((byte) 0)
                .put(bytes)
                .flip();
        while (frame.hasRemaining()) {
            connection.write(frame);
        }
    }

    @Override
    public void close() throws IOException {
        die();
    }
}
