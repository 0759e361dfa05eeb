package dev.coracle.commands.client;

import dev.coracle.base.Digest;
import dev.coracle.containerd.api.content.ContentGrpc.ContentBlockingStub;
import dev.coracle.containerd.api.content.ReadContentRequest;
import dev.coracle.containerd.api.content.ReadContentResponse;
import dev.coracle.core.content.BlobReader;
import java.nio.ByteBuffer;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/// Reads one blob of the daemon. Reading on where the last read ended continues one stream.
final class RemoteReader implements BlobReader {
    private final ContentBlockingStub content;
    private final Digest digest;
    private final long size;
    private @Nullable Iterator<ReadContentResponse> stream;
    private io.grpc.Context.@Nullable CancellableContext context;
    private ByteBuffer piece = ByteBuffer.allocate(0);
    private long position;

    RemoteReader(ContentBlockingStub content, Digest digest, long size) {
        this.content = content;
        this.digest = digest;
        this.size = size;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public int read(ByteBuffer buffer, long offset) {
        if (offset >= size) {
            return -1;
        }
        var source = at(offset);
        while (!piece.hasRemaining()) {
            if (!Connection.call(source::hasNext)) {
                return -1;
            }
            piece = source.next().getData().asReadOnlyByteBuffer();
        }
        var count = Math.min(piece.remaining(), buffer.remaining());
        buffer.put(piece.slice(piece.position(), count));
        piece.position(piece.position() + count);
        position += count;
        return count;
    }

    private Iterator<ReadContentResponse> at(long offset) {
        if (stream != null && offset == position) {
            return stream;
        }
        close();
        var request = ReadContentRequest.newBuilder()
                .setDigest(digest.toString())
                .setOffset(offset)
                .build();
        var own = io.grpc.Context.current().withCancellation();
        context = own;
        position = offset;
        piece = ByteBuffer.allocate(0);
        var opened = Connection.call(() -> own.call(() -> content.read(request)));
        stream = opened;
        return opened;
    }

    /// Tells the daemon to stop sending.
    @Override
    public void close() {
        if (context != null) {
            context.cancel(null);
        }
        stream = null;
    }
}
