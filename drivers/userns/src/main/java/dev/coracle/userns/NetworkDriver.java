package dev.coracle.userns;

import java.io.IOException;

/// A program that connects a network namespace with the outside. It configures the device itself.
public interface NetworkDriver {
    /// Starts it and returns when the network is usable. Closing the result ends it.
    AutoCloseable connect(NetworkTarget target) throws IOException, InterruptedException;
}
