package dev.coracle.engine.containers;

/// Looks after the health of containers that have a check: one virtual thread each.
final class HealthChecks {
    void started(Entry entry) {
        entry.health(ContainerState.Health.NONE);
    }

    void stopped(Entry entry) {}
}
