package dev.coracle.containerd.grpc;

import dev.coracle.base.EngineException.AlreadyExists;
import dev.coracle.base.EngineException.NotFound;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// The streams that clients have opened, by namespace and id.
final class Streams {
    private record Key(String namespace, String id) {}

    private final Map<Key, ClientStream> open = new ConcurrentHashMap<>();

    /// @throws AlreadyExists when the id is taken
    void add(String namespace, String id, ClientStream stream) {
        if (open.putIfAbsent(new Key(namespace, id), stream) != null) {
            throw new AlreadyExists("stream \"" + id + "\" exists");
        }
    }

    void remove(String namespace, String id, ClientStream stream) {
        open.remove(new Key(namespace, id), stream);
    }

    /// @throws NotFound when the client has opened none of this id
    ClientStream get(String namespace, String id) {
        var stream = open.get(new Key(namespace, id));
        if (stream == null) {
            throw new NotFound("stream \"" + id + "\": not found");
        }
        return stream;
    }
}
