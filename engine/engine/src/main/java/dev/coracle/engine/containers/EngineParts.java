package dev.coracle.engine.containers;

import dev.coracle.core.events.EventExchange;
import dev.coracle.core.files.FileTrees;
import dev.coracle.core.layers.LayerStore;
import dev.coracle.core.logs.LogDestinations;
import dev.coracle.core.networks.Networks;
import dev.coracle.core.records.Records;
import dev.coracle.core.stores.NamespaceStores;
import dev.coracle.core.stores.Scope;
import dev.coracle.core.stores.Stores;
import dev.coracle.core.tasks.TaskRuntime;
import java.time.InstantSource;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/// The ports the engine works on.
///
/// @param images by namespace
public record EngineParts(
        Stores stores,
        Records records,
        TaskRuntime tasks,
        Networks networks,
        LayerStore layers,
        FileTrees files,
        EventExchange events,
        LogDestinations logs,
        Function<String, ContainerImages> images,
        InstantSource clock,
        RandomGenerator random,
        EngineSettings settings) {
    NamespaceStores in(String namespace) {
        return stores.in(Scope.of(namespace));
    }
}
