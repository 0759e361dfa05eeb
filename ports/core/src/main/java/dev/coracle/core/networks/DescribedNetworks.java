package dev.coracle.core.networks;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Networks that somebody else describes and makes, beside those that are made here. Descriptions
/// may change at any time.
///
/// Safe for many threads; calls for one sandbox come one after the other. [Networks] calls this on
/// platform threads: programs are run.
public interface DescribedNetworks {
    /// Nobody describes any.
    DescribedNetworks NONE = new NoDescribedNetworks();

    /// Those there are at this moment, sorted by name. What cannot be understood is left out, and
    /// the reason logged.
    List<Network> list();

    /// All that is needed to disconnect a sandbox again, whatever the description says then. Kept
    /// by the caller before [#connect], so that a connection half made by a killed daemon can be
    /// ended.
    ///
    /// @return a document of the driver's own
    /// @throws dev.coracle.base.EngineException.NotFound when the network is not described (any
    ///     more)
    String plan(String network);

    /// Connects a sandbox; what is made is made whole, or ended again.
    ///
    /// @throws dev.coracle.base.EngineException when it cannot be made, with what the makers said
    Connected connect(Attachment attachment, String plan);

    /// Ends a connection, also one half made, and of a namespace that is gone.
    ///
    /// @throws dev.coracle.base.EngineException when something may be left, with the reason
    void disconnect(Attachment attachment, String plan);

    /// What is connected.
    ///
    /// @param namespace held by this path; empty when it is gone
    /// @param device how the interface inside is called
    record Attachment(
            String sandbox, String containerName, Optional<Path> namespace, String device, EndpointSpec spec) {}

    /// A connection that was made.
    ///
    /// @param resolvers the network's name servers; empty: the host's
    /// @param plan takes the place of the one it was made from
    record Connected(Endpoint endpoint, List<String> resolvers, String plan) {
        public Connected {
            resolvers = List.copyOf(resolvers);
        }
    }
}
