package dev.coracle.layers;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import dev.coracle.base.EngineException.NotImplemented;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.zip.GZIPOutputStream;

/// How a layer is compressed, by its media type and by its first bytes.
enum Compression {
    NONE,
    GZIP,
    ZSTD;

    /// The media type of an uncompressed layer.
    static final String PLAIN_LAYER = "application/vnd.oci.image.layer.v1.tar";

    private static final String OCI_LAYER = PLAIN_LAYER;
    private static final String OCI_FOREIGN = "application/vnd.oci.image.layer.nondistributable.v1.tar";
    private static final String DOCKER_LAYER = "application/vnd.docker.image.rootfs.diff.tar";
    private static final String DOCKER_FOREIGN = "application/vnd.docker.image.rootfs.foreign.diff.tar";
    private static final int BUFFER = 1 << 17;

    /// What the media type says.
    ///
    /// @throws NotImplemented when it is not the type of a layer we can read or write
    static Compression of(String mediaType) {
        var base = mediaType;
        var compression = NONE;
        for (var ending : new String[] {"+gzip", ".gzip", "+zstd", ".zstd"}) {
            if (mediaType.endsWith(ending)) {
                base = mediaType.substring(0, mediaType.length() - ending.length());
                compression = ending.endsWith("gzip") ? GZIP : ZSTD;
            }
        }
        return switch (base) {
            case OCI_LAYER, OCI_FOREIGN, DOCKER_LAYER, DOCKER_FOREIGN -> compression;
            default ->
                throw new NotImplemented(
                        "layer media type \"" + mediaType + "\" is neither tar, tar+gzip nor tar+zstd");
        };
    }

    /// Decompresses a layer. A compressed layer may be compressed another way than it says, as
    /// builders have done and every engine accepts; one said to be plain is taken at its word.
    InputStream decompress(InputStream blob) throws IOException {
        var input = new BufferedInputStream(blob, BUFFER);
        input.mark(4);
        var found = detected(input.readNBytes(4));
        input.reset();
        if (this == NONE && found != NONE) {
            throw new TarException("the layer is said to be plain tar, but its bytes are " + found.words());
        }
        return switch (found) {
            case NONE -> input;
            case GZIP -> new GzipInput(input);
            case ZSTD -> new ZstdInput(input);
        };
    }

    private static Compression detected(byte[] magic) {
        if (magic.length >= 3 && magic[0] == 0x1f && magic[1] == (byte) 0x8b && magic[2] == 8) {
            return GZIP;
        }
        if (magic.length < 4) {
            return NONE;
        }
        var number =
                (magic[0] & 0xff) | ((magic[1] & 0xff) << 8) | ((magic[2] & 0xff) << 16) | ((magic[3] & 0xff) << 24);
        // the second is a frame to be skipped, in which some builders keep a table of contents
        return number == 0xfd2fb528 || (number & 0xfffffff0) == 0x184d2a50 ? ZSTD : NONE;
    }

    private String words() {
        return switch (this) {
            case NONE -> "not compressed";
            case GZIP -> "gzip";
            case ZSTD -> "zstd";
        };
    }

    /// Compresses; the same bytes come out for the same bytes in. Closing ends the stream.
    OutputStream compress(OutputStream output) throws IOException {
        return switch (this) {
            case NONE -> output;
            case GZIP -> new GZIPOutputStream(output, BUFFER);
            case ZSTD -> new ZstdOutputStreamNoFinalizer(output);
        };
    }

    /// Says what is wrong with a zstd stream in our words.
    private static final class ZstdInput extends InputStream {
        private final ZstdInputStreamNoFinalizer stream;

        ZstdInput(InputStream input) throws IOException {
            stream = new ZstdInputStreamNoFinalizer(input);
        }

        @Override
        public int read() throws IOException {
            var one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            try {
                return stream.read(buffer, offset, length);
            } catch (com.github.luben.zstd.ZstdIOException e) {
                throw new TarException("the zstd stream is damaged: " + e.getMessage(), e);
            }
        }

        @Override
        public void close() throws IOException {
            stream.close();
        }
    }
}
