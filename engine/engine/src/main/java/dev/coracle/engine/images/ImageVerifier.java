package dev.coracle.engine.images;

import dev.coracle.base.Reference;
import dev.coracle.oci.Descriptor;

/// Decides, before anything of an image is fetched, whether it may be pulled.
@FunctionalInterface
public interface ImageVerifier {
    /// Lets every image pass.
    ImageVerifier NONE = (reference, target) -> {};

    /// @param target what the reference names: its digest is what will be fetched
    /// @throws dev.coracle.base.EngineException when the image may not be pulled, with the
    ///     reason, or nobody could say
    void verify(Reference reference, Descriptor target) throws InterruptedException;
}
