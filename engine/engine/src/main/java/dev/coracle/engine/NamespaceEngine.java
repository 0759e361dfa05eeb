package dev.coracle.engine;

import dev.coracle.engine.containers.Containers;
import dev.coracle.engine.images.Images;
import dev.coracle.engine.networks.UserNetworks;
import dev.coracle.engine.system.EngineSystem;
import dev.coracle.engine.volumes.Volumes;

/// What people do in one containerd namespace.
public interface NamespaceEngine {
    String namespace();

    Containers containers();

    Images images();

    UserNetworks networks();

    Volumes volumes();

    EngineSystem system();
}
