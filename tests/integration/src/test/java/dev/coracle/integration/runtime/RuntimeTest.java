package dev.coracle.integration.runtime;

import dev.coracle.integration.Inside;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Containers by the real runtime.
class RuntimeTest {
    @TestFactory
    Stream<DynamicTest> containers_run_in_a_user_namespace() throws Exception {
        return Inside.mounts(ContainersInside.class);
    }

    @TestFactory
    Stream<DynamicTest> clients_are_attached_to_containers() throws Exception {
        return Inside.mounts(AttachInside.class);
    }

    @TestFactory
    Stream<DynamicTest> nothing_is_lost_when_the_daemon_is_killed() throws Exception {
        return Inside.mounts(CrashInside.class);
    }
}
