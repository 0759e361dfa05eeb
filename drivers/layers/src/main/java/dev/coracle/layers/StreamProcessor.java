package dev.coracle.layers;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// A program that turns layers of one media type into another, as `[stream_processors]` of the configuration names it.
/// It reads the layer from its standard input and writes to its standard output; the variable
/// `STREAM_PROCESSOR_MEDIATYPE` tells what comes in, and descriptor 3, where the client had something to say to it,
/// holds that as the bytes of a `google.protobuf.Any`.
///
/// @param program absolute, or the name that was not found on the path of the daemon
/// @param environment all of its environment
public record StreamProcessor(
        String id,
        Set<String> accepts,
        String returns,
        Path program,
        List<String> arguments,
        Map<String, String> environment) {
    public StreamProcessor {
        accepts = Set.copyOf(accepts);
        arguments = List.copyOf(arguments);
        environment = Map.copyOf(environment);
    }
}
