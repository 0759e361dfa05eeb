package dev.coracle.relay;

import java.io.IOException;
import java.net.InetSocketAddress;

/// A port that is forwarded. It lasts until it is closed, whatever becomes of its target: a connection that the target
/// refuses is reset, and the next one is tried again.
public interface Forward extends AutoCloseable {
    /// What clients connect to.
    InetSocketAddress address();

    Target target();

    /// How many connections (TCP) or clients (UDP) are being served.
    int active();

    /// Takes no more, ends those being served (their peers see a reset) and closes what was listened on. Once it
    /// returns
    /// the address is free.
    @Override
    void close() throws IOException;
}
