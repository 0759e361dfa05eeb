package dev.coracle.layers;

import dev.coracle.base.Digest;
import dev.coracle.base.EngineException.DataLoss;
import dev.coracle.core.content.BlobReader;
import dev.coracle.core.types.Descriptor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;

/// A blob from its first byte to its last, hashed on the way: the store checked the digest when
/// it was written, and disks forget.
final class BlobInput extends InputStream {
    private final BlobReader blob;
    private final Descriptor descriptor;
    private final MessageDigest hash;
    private long position;

    BlobInput(BlobReader blob, Descriptor descriptor) {
        this.blob = blob;
        this.descriptor = descriptor;
        this.hash = descriptor.digest().hasher();
    }

    @Override
    public int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        var count = blob.read(ByteBuffer.wrap(buffer, offset, length), position);
        if (count <= 0) {
            return -1;
        }
        hash.update(buffer, offset, count);
        position += count;
        return count;
    }

    /// Bytes read so far.
    long position() {
        return position;
    }

    /// Reads what is left and compares all with what the descriptor promises.
    void verify() throws IOException {
        var rest = new byte[1 << 16];
        while (read(rest, 0, rest.length) >= 0) {
            // only the hash is wanted
        }
        var found = Digest.of(hash.digest());
        if (!found.equals(descriptor.digest())) {
            throw new DataLoss("blob " + descriptor.digest() + " has the digest " + found + " on disk");
        }
        if (descriptor.size() > 0 && descriptor.size() != position) {
            throw new DataLoss(
                    "blob " + descriptor.digest() + " has " + position + " bytes on disk, not " + descriptor.size());
        }
    }
}
