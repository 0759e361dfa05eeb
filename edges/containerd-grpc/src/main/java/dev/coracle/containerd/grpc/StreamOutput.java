package dev.coracle.containerd.grpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.coracle.containerd.api.types.transfer.Data;
import dev.coracle.containerd.api.types.transfer.WindowUpdate;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;

/// Bytes to a client over a stream, never more than it has granted.
final class StreamOutput extends OutputStream {
    private static final int LARGEST = 32 << 10;
    private static final String UPDATE = WindowUpdate.getDescriptor().getFullName();

    private final ClientStream stream;
    private long granted;

    StreamOutput(ClientStream stream) {
        this.stream = stream;
    }

    @Override
    public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        try {
            for (var sent = 0; sent < length; ) {
                while (granted <= 0) {
                    await();
                }
                var count = (int) Math.min(Math.min(LARGEST, length - sent), granted);
                var data = ByteString.copyFrom(bytes, offset + sent, count);
                stream.send(Wire.any(Data.newBuilder().setData(data).build()));
                granted -= count;
                sent += count;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (IOException) new InterruptedIOException("interrupted while a client receives").initCause(e);
        }
    }

    private void await() throws IOException, InterruptedException {
        var message = stream.receive().orElseThrow(() -> new IOException("the client takes no more bytes"));
        if (message.getTypeUrl().equals(UPDATE)) {
            try {
                granted += WindowUpdate.parseFrom(message.getValue()).getUpdate();
            } catch (InvalidProtocolBufferException e) {
                throw new IOException("malformed window update on a stream", e);
            }
        }
    }

    @Override
    public void close() {
        stream.close();
    }
}
