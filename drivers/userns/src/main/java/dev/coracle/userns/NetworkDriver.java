package dev.coracle.userns;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// A program that connects a network namespace with the outside. It configures the device itself.
public interface NetworkDriver {
    /// What a network has told about itself.
    ///
    /// @param child where the namespace is reached
    record Addresses(String child, List<String> dns) {
        public Addresses {
            dns = List.copyOf(dns);
        }
    }

    /// A network that is connected as long as this is open, unless the program dies.
    interface Connection extends AutoCloseable {
        /// Calls back once when the program has ended, whoever ended it; the call must not wait.
        void onEnd(Runnable then);

        /// Those that only the network knows; nothing where they were given to it.
        default Optional<Addresses> addresses() {
            return Optional.empty();
        }

        @Override
        void close() throws IOException;
    }

    /// Starts it and returns when the network is usable. Closing the result ends it.
    Connection connect(NetworkTarget target) throws IOException, InterruptedException;
}
