package dev.coracle.daemon;

import dev.coracle.base.EngineException.NotImplemented;
import dev.coracle.core.content.ContentStore;
import dev.coracle.core.layers.LayerStore;
import dev.coracle.core.mounts.Mount;
import dev.coracle.core.stores.Scope;
import dev.coracle.core.types.Descriptor;
import dev.coracle.core.types.TypedBytes;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// Several who unpack layers: the first who can does it; one who cannot says that it is not
/// implemented.
record OrderedLayers(List<LayerStore> differs) implements LayerStore {
    OrderedLayers {
        differs = List.copyOf(differs);
    }

    @Override
    public LayerStore in(Scope scope) {
        return new OrderedLayers(
                differs.stream().map(differ -> differ.in(scope)).toList());
    }

    @Override
    public Descriptor apply(
            ContentStore content, Descriptor layer, List<Mount> mounts, Map<String, TypedBytes> payloads) {
        return first(differ -> differ.apply(content, layer, mounts, payloads));
    }

    @Override
    public boolean replacesFiles() {
        return differs.stream().allMatch(LayerStore::replacesFiles);
    }

    @Override
    public Descriptor diff(ContentStore content, List<Mount> lower, List<Mount> upper, DiffOptions options) {
        return first(differ -> differ.diff(content, lower, upper, options));
    }

    private Descriptor first(Function<LayerStore, Descriptor> work) {
        var refusal = Optional.<NotImplemented>empty();
        for (var differ : differs) {
            try {
                return work.apply(differ);
            } catch (NotImplemented next) {
                refusal.ifPresent(next::addSuppressed);
                refusal = Optional.of(next);
            }
        }
        throw refusal.orElseThrow();
    }
}
