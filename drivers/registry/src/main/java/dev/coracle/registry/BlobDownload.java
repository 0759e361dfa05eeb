package dev.coracle.registry;

import dev.coracle.base.EngineException.FailedPrecondition;
import dev.coracle.base.EngineException.Unavailable;
import dev.coracle.core.content.BlobWriter;
import dev.coracle.oci.Descriptor;
import dev.coracle.registry.HttpRegistry.Place;
import dev.coracle.registry.Transport.Call;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.function.LongConsumer;

/// One download into one sink, over as many connections as it takes.
final class BlobDownload {
    private static final int PIECE = 1 << 20;
    private static final int MOST_STALLS = 5;

    private final Transport transport;
    private final RegistryHost host;
    private final Place place;
    private final Descriptor wanted;

    BlobDownload(Transport transport, RegistryHost host, Place place, Descriptor wanted) {
        this.transport = transport;
        this.host = host;
        this.place = place;
        this.wanted = wanted;
    }

    /// Ends when the sink holds as many bytes as wanted. An attempt that brought something resets
    /// the patience.
    void into(BlobWriter sink, LongConsumer progress) {
        for (var stalls = 0; sink.status().offset() < wanted.size(); ) {
            var before = sink.status().offset();
            String why;
            try {
                copy(open(before, sink), sink, progress);
                why = "the answer ended early";
            } catch (IOException e) {
                why = Failures.reason(e);
            }
            var now = sink.status().offset();
            if (now >= wanted.size()) {
                return;
            }
            stalls = now > before ? 0 : stalls + 1;
            if (stalls >= MOST_STALLS) {
                throw new Unavailable("fetch " + wanted.digest() + " from " + host.authority() + ": only " + now
                        + " of " + wanted.size() + " bytes came: " + why);
            }
            transport.pause(Transport.backOff(stalls));
        }
    }

    private HttpResponse<InputStream> open(long offset, BlobWriter sink) {
        var call = Call.of("GET", place.uri(wanted), place.scope()).with("Accept", HttpRegistry.accept(wanted));
        if (offset > 0) {
            call = call.with("Range", "bytes=" + offset + "-");
        }
        var answer = transport.send(host, call);
        switch (answer.statusCode()) {
            case 206 -> {
                var range = answer.headers().firstValue("Content-Range").orElse("");
                if (!range.startsWith("bytes " + offset + "-")) {
                    HttpRegistry.close(answer);
                    throw new Unavailable("fetch " + wanted.digest() + " from " + host.authority()
                            + ": asked for bytes from " + offset + ", got \"" + range + "\"");
                }
            }
            case 200 -> {
                if (offset > 0) {
                    sink.truncate(0); // the server knows no ranges
                }
            }
            default -> throw Failures.of(host, "fetch " + wanted.digest(), answer);
        }
        return answer;
    }

    private void copy(HttpResponse<InputStream> answer, BlobWriter sink, LongConsumer progress) throws IOException {
        var piece = new byte[PIECE];
        try (var body = answer.body()) {
            var offset = sink.status().offset();
            while (true) {
                // a full piece at a time: each write is a round trip to the daemon
                var count = fill(body, piece, sink);
                if (count == 0) {
                    return;
                }
                offset += count;
                if (offset > wanted.size()) {
                    throw new FailedPrecondition("fetch " + wanted.digest() + " from " + host.authority()
                            + ": more than the promised " + wanted.size() + " bytes came");
                }
                sink.write(ByteBuffer.wrap(piece, 0, count));
                progress.accept(offset);
            }
        }
    }

    /// Reads until the piece is full or the body ends. What came before a cut is kept.
    private int fill(InputStream body, byte[] piece, BlobWriter sink) throws IOException {
        var count = 0;
        try {
            while (count < piece.length) {
                var read = body.read(piece, count, piece.length - count);
                if (read < 0) {
                    break;
                }
                count += read;
            }
        } catch (IOException cut) {
            if (count > 0 && sink.status().offset() + count <= wanted.size()) {
                sink.write(ByteBuffer.wrap(piece, 0, count));
            }
            throw cut;
        }
        return count;
    }
}
