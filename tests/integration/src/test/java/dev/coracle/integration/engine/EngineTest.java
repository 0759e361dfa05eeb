package dev.coracle.integration.engine;

import dev.coracle.integration.Inside;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// The engine over the real stores and the real runtime.
class EngineTest {
    @TestFactory
    Stream<DynamicTest> containers_live_as_the_engine_says() throws Exception {
        return Inside.mounts(EngineInside.class);
    }

    @TestFactory
    Stream<DynamicTest> nothing_is_lost_when_the_daemon_is_killed_under_load() throws Exception {
        return Inside.mounts(EngineCrashInside.class);
    }
}
