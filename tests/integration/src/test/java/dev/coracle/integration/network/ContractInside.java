package dev.coracle.integration.network;

import dev.coracle.core.networks.Networks;
import dev.coracle.core.testkit.NetworksContract;
import dev.coracle.integration.network.World.Uplink;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/// The contract, kept by bridges.
class ContractInside implements NetworksContract {
    private World world;

    @BeforeEach
    void make() throws Exception {
        world = World.make(Uplink.NONE);
    }

    @AfterEach
    void close() throws Exception {
        world.close();
    }

    @Override
    public Networks networks() {
        return world.networks();
    }
}
