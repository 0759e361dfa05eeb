package dev.coracle.daemon;

import dev.coracle.containerd.grpc.EventPublisher;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;

/// `containerd publish`: an event from standard input to a running daemon.
final class Publishing {
    private Publishing() {}

    static void publish(Invocation.Publish publish, InputStream in) throws IOException, InterruptedException {
        EventPublisher.publish(Path.of(publish.address()), publish.namespace(), publish.topic(), in.readAllBytes());
    }
}
