package dev.coracle.core.layers;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/// How layers are compressed, by their media types.
public interface LayerCodec {
    /// The plain tar in a blob of this type.
    ///
    /// @throws dev.coracle.base.EngineException.NotImplemented for a media type nobody here can
    ///     read
    InputStream plain(String mediaType, InputStream blob) throws IOException;

    /// Makes a blob of this type of the tar that is written. Closing ends it.
    OutputStream packed(String mediaType, OutputStream blob) throws IOException;
}
