package dev.coracle.userns;

import dev.coracle.linux.Fd;
import dev.coracle.linux.Polling;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;

/// Frames over a packet socket, which gives and takes one at a time.
record PacketFrames(Fd socket) implements Frames {
    private static final int MOST_BYTES = 1 << 16;

    @Override
    public void send(byte[] frame) throws IOException {
        socket.write(frame);
    }

    @Override
    public Optional<byte[]> receive(Duration atMost) throws IOException {
        if (!Polling.awaitReadable(socket, atMost)) {
            return Optional.empty();
        }
        var buffer = new byte[MOST_BYTES];
        return Optional.of(Arrays.copyOf(buffer, socket.read(buffer, 0, buffer.length)));
    }
}
