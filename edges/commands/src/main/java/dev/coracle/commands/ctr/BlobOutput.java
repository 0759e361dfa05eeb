package dev.coracle.commands.ctr;

import dev.coracle.base.Digest;
import dev.coracle.commands.client.Connection;
import dev.coracle.commands.client.RemoteContent;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/// Writes a blob of the daemon to a stream.
final class BlobOutput {
    private static final int PIECE = 1 << 20;

    private BlobOutput() {}

    static void write(Connection connection, Digest digest, OutputStream out) throws IOException {
        var buffer = ByteBuffer.allocate(PIECE);
        try (var reader = new RemoteContent(connection).open(digest)) {
            for (long offset = 0; reader.read(buffer.clear(), offset) > 0; offset += buffer.position()) {
                out.write(buffer.array(), 0, buffer.position());
            }
        }
    }
}
