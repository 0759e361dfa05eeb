package dev.coracle.daemon;

import dev.coracle.containerd.grpc.ContainerdServer;
import dev.coracle.metadata.MetadataStores;
import java.security.SecureRandom;

/// Loads on a second processor what the start needs soon, while the first reads the
/// configuration: in the order in which it is asked for. Whoever comes early waits, and nothing
/// is different without it.
final class WarmUp {
    private WarmUp() {}

    static void start() {
        Thread.ofPlatform().daemon().name("warm-up").start(() -> {
            new SecureRandom().nextInt();
            MetadataStores.warm();
            ContainerdServer.warm();
        });
    }
}
