package dev.coracle.userns;

import dev.coracle.linux.Fd;
import dev.coracle.linux.Polling;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Optional;

/// Frames over a stream: each behind its length, two bytes, the lower one first.
record StreamFrames(Fd stream) implements Frames {
    @Override
    public void send(byte[] frame) throws IOException {
        var packet = ByteBuffer.allocate(2 + frame.length).order(ByteOrder.LITTLE_ENDIAN);
        packet.putShort((short) frame.length).put(frame);
        stream.write(packet.array());
    }

    @Override
    public Optional<byte[]> receive(Duration atMost) throws IOException {
        if (!Polling.awaitReadable(stream, atMost)) {
            return Optional.empty();
        }
        var length = ByteBuffer.wrap(exactly(2)).order(ByteOrder.LITTLE_ENDIAN).getShort();
        return Optional.of(exactly(Short.toUnsignedInt(length)));
    }

    byte[] exactly(int length) throws IOException {
        var bytes = new byte[length];
        for (var done = 0; done < length; ) {
            var count = stream.read(bytes, done, length - done);
            if (count == 0) {
                throw new IOException("read frames: the other side has closed the connection");
            }
            done += count;
        }
        return bytes;
    }
}
