package dev.coracle.integration.network;

import dev.coracle.integration.Inside;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Networks of containers, in a network namespace as the one behind rootlesskit.
class BridgeNetworksTest {
    @TestFactory
    Stream<DynamicTest> contract() throws Exception {
        return Inside.networks(ContractInside.class);
    }

    @TestFactory
    Stream<DynamicTest> bridges() throws Exception {
        return Inside.networks(BridgeNetworksInside.class);
    }

    @TestFactory
    Stream<DynamicTest> ways_out() throws Exception {
        return Inside.networks(WaysOutInside.class);
    }
}
