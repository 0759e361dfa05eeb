package dev.coracle.engine.containers;

import dev.coracle.oci.ImageConfig;

/// Where containers get their images from.
public interface ContainerImages {
    /// The image, pulled if it has to be and unpacked for this machine.
    ///
    /// @param image as typed: a familiar name, a reference, an id
    /// @throws dev.coracle.base.EngineException.NotFound when there is none (`no such image: x`)
    ContainerImage prepare(String image, ImageUse use, CreateProgress progress);

    /// An image ready to be used.
    ///
    /// @param reference its full name in the store
    /// @param id the digest of its configuration
    /// @param snapshot name of the committed snapshot that holds its layers; empty without any
    record ContainerImage(String reference, String id, ImageConfig config, String snapshotter, String snapshot) {}
}
