package dev.coracle.proxy;

import dev.coracle.base.Digest;
import dev.coracle.base.EngineException;
import dev.coracle.containerd.api.content.ContentGrpc;
import dev.coracle.containerd.api.content.ReadContentRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;

/// A blob of the peer, to be read as if it were a file. It reads a piece ahead and holds that one only.
final class PeerChannel extends FileChannel {
    private static final int PIECE = 1 << 20;

    private final Peer peer;
    private final Digest digest;
    private final long size;
    private long position;
    private ByteBuffer piece = ByteBuffer.allocate(0);
    private long begin;

    PeerChannel(Peer peer, Digest digest, long size) {
        this.peer = peer;
        this.digest = digest;
        this.size = size;
    }

    @Override
    public synchronized int read(ByteBuffer target, long at) throws IOException {
        if (!isOpen()) {
            throw new ClosedChannelException();
        }
        if (at < 0) {
            throw new IllegalArgumentException("offset " + at);
        }
        if (at >= size) {
            return -1;
        }
        if (at < begin || at >= begin + piece.limit()) {
            piece = fetch(at, (int) Math.min(PIECE, size - at));
            begin = at;
        }
        var offset = (int) (at - begin);
        var count = Math.min(target.remaining(), piece.limit() - offset);
        target.put(piece.slice(offset, count));
        return count;
    }

    private ByteBuffer fetch(long at, int count) throws IOException {
        try {
            return peer.call("read content " + digest, () -> {
                var bytes = ByteBuffer.allocate(count);
                peer.stub(ContentGrpc::newBlockingStub, ProxyBlobs.SCOPE, ProxyBlobs.LIMIT)
                        .read(ReadContentRequest.newBuilder()
                                .setDigest(digest.toString())
                                .setOffset(at)
                                .setSize(count)
                                .build())
                        .forEachRemaining(answer -> fill(bytes, answer.getData().asReadOnlyByteBuffer()));
                if (bytes.position() == 0) {
                    throw new IOException("there is nothing at offset " + at);
                }
                return bytes.flip();
            });
        } catch (EngineException e) {
            throw new IOException(e.message(), e);
        }
    }

    private static void fill(ByteBuffer bytes, ByteBuffer part) {
        bytes.put(part.slice(part.position(), Math.min(part.remaining(), bytes.remaining())));
    }

    @Override
    public synchronized int read(ByteBuffer target) throws IOException {
        var count = read(target, position);
        position += Math.max(0, count);
        return count;
    }

    @Override
    public synchronized long read(ByteBuffer[] targets, int offset, int length) throws IOException {
        var total = 0L;
        for (var i = offset; i < offset + length; i++) {
            while (targets[i].hasRemaining()) {
                var count = read(targets[i]);
                if (count < 0) {
                    return total == 0 ? -1 : total;
                }
                total += count;
            }
        }
        return total;
    }

    @Override
    public long transferTo(long at, long count, WritableByteChannel target) throws IOException {
        var buffer = ByteBuffer.allocate((int) Math.min(PIECE, Math.max(0, Math.min(count, size - at))));
        if (!buffer.hasRemaining() || read(buffer, at) < 0) {
            return 0;
        }
        buffer.flip();
        var written = 0L;
        while (buffer.hasRemaining()) {
            written += target.write(buffer);
        }
        return written;
    }

    @Override
    public synchronized long position() {
        return position;
    }

    @Override
    public synchronized FileChannel position(long at) {
        position = at;
        return this;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public void force(boolean metaData) {}

    @Override
    public int write(ByteBuffer source) {
        throw new NonWritableChannelException();
    }

    @Override
    public long write(ByteBuffer[] sources, int offset, int length) {
        throw new NonWritableChannelException();
    }

    @Override
    public int write(ByteBuffer source, long at) {
        throw new NonWritableChannelException();
    }

    @Override
    public FileChannel truncate(long length) {
        throw new NonWritableChannelException();
    }

    @Override
    public long transferFrom(ReadableByteChannel source, long at, long count) {
        throw new NonWritableChannelException();
    }

    @Override
    public MappedByteBuffer map(MapMode mode, long at, long count) {
        throw new UnsupportedOperationException("a blob of another program cannot be mapped");
    }

    @Override
    public FileLock lock(long at, long count, boolean shared) {
        throw new UnsupportedOperationException("a blob of another program cannot be locked");
    }

    @Override
    public FileLock tryLock(long at, long count, boolean shared) {
        throw new UnsupportedOperationException("a blob of another program cannot be locked");
    }

    @Override
    protected void implCloseChannel() {
        // each read is a request of its own
    }
}
