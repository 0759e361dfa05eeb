package dev.coracle.core.testkit;

import dev.coracle.core.networks.Networks;
import java.nio.file.Path;
import java.time.InstantSource;
import org.junit.jupiter.api.BeforeEach;

class MemoryNetworksTest implements NetworksContract {
    private Networks networks = make();

    private static Networks make() {
        return new MemoryNetworks(Path.of("/nowhere"), InstantSource.system());
    }

    @BeforeEach
    void renew() {
        networks = make();
    }

    @Override
    public Networks networks() {
        return networks;
    }
}
