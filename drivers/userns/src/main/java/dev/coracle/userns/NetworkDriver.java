package dev.coracle.userns;

import java.io.IOException;

/// A program that connects a network namespace with the outside. It configures the device itself.
public interface NetworkDriver {
    /// A network that is connected as long as this is open, unless the program dies.
    interface Connection extends AutoCloseable {
        /// Calls back once when the program has ended, whoever ended it; the call must not wait.
        void onEnd(Runnable then);

        @Override
        void close() throws IOException;
    }

    /// Starts it and returns when the network is usable. Closing the result ends it.
    Connection connect(NetworkTarget target) throws IOException, InterruptedException;
}
