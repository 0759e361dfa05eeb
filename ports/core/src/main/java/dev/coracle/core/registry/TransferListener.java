package dev.coracle.core.registry;

import dev.coracle.oci.Descriptor;

/// Told what a pull does, from several threads.
public interface TransferListener {
    /// Ignores everything.
    TransferListener NONE = new TransferListener() {};

    /// The reference names this content.
    default void resolved(Descriptor root) {}

    /// This content is needed; `ref` names its ingest.
    default void needed(String ref, Descriptor content) {}

    /// So many bytes of it are here.
    default void progressed(String ref, long offset) {}

    /// It is here; `existed` when nothing had to be fetched.
    default void finished(String ref, boolean existed) {}
}
