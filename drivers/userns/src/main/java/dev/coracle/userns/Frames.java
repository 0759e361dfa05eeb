package dev.coracle.userns;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/// A way for Ethernet frames to a network and back.
interface Frames {
    void send(byte[] frame) throws IOException;

    /// The next one, or nothing when none comes in that time.
    Optional<byte[]> receive(Duration atMost) throws IOException;
}
