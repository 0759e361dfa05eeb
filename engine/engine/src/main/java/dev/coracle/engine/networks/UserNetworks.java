package dev.coracle.engine.networks;

import dev.coracle.core.networks.Network;
import dev.coracle.core.networks.NetworkSpec;
import dev.coracle.engine.filters.PruneFilter;
import java.util.List;

/// Networks by name. `host` and `none` are listed too, though there is nothing to be made of them.
public interface UserNetworks {
    Network create(NetworkSpec spec);

    NetworkView get(String nameOrId);

    List<NetworkView> list();

    /// @return the network's name
    String remove(String nameOrId);

    /// Removes the networks without containers that do not exist always.
    ///
    /// @return their names
    List<String> prune(PruneFilter filter);
}
