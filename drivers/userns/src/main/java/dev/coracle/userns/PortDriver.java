package dev.coracle.userns;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// Publishes ports of the namespace on the host. May be called from any thread; closing it ends what is published.
public interface PortDriver extends AutoCloseable {
    /// A published port.
    ///
    /// @param id never given twice
    /// @param note what does not hold for it, such as that the client's address is not kept, and why
    record Published(int id, PortSpec spec, Optional<String> note) {}

    String name();

    List<String> protocols();

    /// Whether a target on the loopback device inside cannot be reached.
    boolean disallowsLoopbackChild();

    /// Returns when clients can connect.
    Published add(PortSpec spec) throws IOException, InterruptedException;

    List<Published> list() throws IOException, InterruptedException;

    /// Its connections end.
    void remove(int id) throws IOException, InterruptedException;

    @Override
    void close() throws IOException;
}
