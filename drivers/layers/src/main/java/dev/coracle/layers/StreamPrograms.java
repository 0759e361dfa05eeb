package dev.coracle.layers;

import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.processes.Spawner;
import java.util.ArrayList;
import java.util.List;

/// The programs on the way from a blob to the archive in it. Those of the configuration come before what we can read
/// ourselves, as in containerd.
public final class StreamPrograms {
    private static final int MOST = 8;

    /// Which programs a layer goes through, and how its archive is compressed after the last.
    record Plan(List<StreamProcessor> programs, Compression compression) {}

    private final Spawner spawner;
    private final List<StreamProcessor> processors;

    public StreamPrograms(Spawner spawner, List<StreamProcessor> processors) {
        this.spawner = spawner;
        this.processors = List.copyOf(processors);
    }

    Spawner spawner() {
        return spawner;
    }

    /// @throws InvalidArgument when the programs lead each other in a circle
    /// @throws dev.coracle.base.EngineException.NotImplemented for a type that nobody here can read
    Plan plan(String mediaType) {
        var chosen = new ArrayList<StreamProcessor>();
        var type = mediaType;
        while (true) {
            var current = type;
            var next = processors.stream()
                    .filter(processor -> processor.accepts().contains(current))
                    .findFirst();
            if (next.isEmpty()) {
                return new Plan(List.copyOf(chosen), Compression.of(type));
            }
            if (chosen.size() == MOST) {
                throw new InvalidArgument("stream processors of media type \"" + mediaType + "\" come to no end: "
                                + chosen.stream().map(StreamProcessor::id).toList())
                        .remedy("look at accepts and returns of [stream_processors] in config.toml");
            }
            chosen.add(next.get());
            type = next.get().returns();
        }
    }
}
