package dev.coracle.containerd.grpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.coracle.containerd.api.types.transfer.Data;
import dev.coracle.containerd.api.types.transfer.WindowUpdate;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;

/// Bytes that a client sends over a stream. The client sends only as much as it was granted.
final class StreamInput extends InputStream {
    private static final int WINDOW = 64 << 10;
    private static final String DATA = Data.getDescriptor().getFullName();

    private final ClientStream stream;
    private ByteString rest = ByteString.EMPTY;
    private long granted;
    private boolean ended;

    StreamInput(ClientStream stream) {
        this.stream = stream;
    }

    @Override
    public int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (rest.isEmpty()) {
            if (ended || !next()) {
                ended = true;
                return -1;
            }
        }
        var count = Math.min(length, rest.size());
        rest.substring(0, count).copyTo(buffer, offset);
        rest = rest.substring(count);
        return count;
    }

    private boolean next() throws IOException {
        try {
            if (granted < WINDOW) {
                stream.send(Wire.any(WindowUpdate.newBuilder().setUpdate(WINDOW).build()));
                granted += WINDOW;
            }
            var message = stream.receive();
            if (message.isEmpty()) {
                return false;
            }
            if (message.get().getTypeUrl().equals(DATA)) {
                rest = Data.parseFrom(message.get().getValue()).getData();
                granted -= rest.size();
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (IOException) new InterruptedIOException("interrupted while a client sends").initCause(e);
        } catch (InvalidProtocolBufferException e) {
            throw new IOException("malformed data on a stream", e);
        }
    }

    @Override
    public void close() {
        stream.close();
    }
}
