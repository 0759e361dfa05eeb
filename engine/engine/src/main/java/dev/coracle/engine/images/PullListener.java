package dev.coracle.engine.images;

import dev.coracle.core.registry.TransferListener;
import dev.coracle.oci.Descriptor;

/// Told what a pull does, from several threads: the transfers, and the unpacking of layers.
public interface PullListener extends TransferListener {
    /// Ignores everything.
    PullListener NONE = new PullListener() {};

    /// A layer goes into its snapshot.
    default void unpacking(Descriptor layer) {}

    /// A layer is in its snapshot; `existed` when it was there before.
    default void unpacked(Descriptor layer, boolean existed) {}
}
