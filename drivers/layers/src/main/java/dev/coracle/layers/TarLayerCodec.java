package dev.coracle.layers;

import dev.coracle.core.layers.LayerCodec;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/// Layers as plain tar, gzip and zstd.
public final class TarLayerCodec implements LayerCodec {
    @Override
    public InputStream plain(String mediaType, InputStream blob) throws IOException {
        return Compression.of(mediaType).decompress(blob);
    }

    @Override
    public OutputStream packed(String mediaType, OutputStream blob) throws IOException {
        return Compression.of(mediaType).compress(blob);
    }
}
