package dev.coracle.registry;

import dev.coracle.base.EngineException.Unavailable;
import dev.coracle.core.content.BlobReader;
import dev.coracle.oci.Descriptor;
import dev.coracle.registry.HttpRegistry.Place;
import dev.coracle.registry.Transport.Call;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.function.LongConsumer;

/// One upload to one repository.
final class BlobUpload {
    private static final long PIECE = 16 << 20;
    private static final int MOST_STALLS = 5;
    private static final int TOO_LARGE = 413;
    private static final int OUT_OF_ORDER = 416;
    private static final Set<Integer> STORED = Set.of(200, 201, 202, 204);

    private final Transport transport;
    private final RegistryHost host;
    private final Place place;
    private final Descriptor content;
    private final BlobReader bytes;
    private final LongConsumer progress;

    BlobUpload(
            Transport transport,
            RegistryHost host,
            Place place,
            Descriptor content,
            BlobReader bytes,
            LongConsumer progress) {
        this.transport = transport;
        this.host = host;
        this.place = place;
        this.content = content;
        this.bytes = bytes;
        this.progress = progress;
    }

    /// Puts a manifest under its tag or its digest.
    boolean manifest(boolean tagged) {
        var name = tagged ? place.reference().object() : content.digest().toString();
        if (!tagged && exists()) {
            return false;
        }
        var call = Call.of("PUT", place.uri("/manifests/" + name), place.scope())
                .with("Content-Type", content.mediaType())
                .sending(this::body);
        expect(transport.send(host, call), "push manifest " + content.digest(), Set.of(200, 201, 202));
        return true;
    }

    /// Has the registry take a blob from a sibling repository, or sends it: in one piece, which is one request; where
    /// that breaks or is too large for what stands before the registry, the rest in pieces.
    boolean blob(Set<String> sources) {
        if (exists()) {
            return false;
        }
        var answer = start(sources.stream().sorted().findFirst().orElse(""));
        if (answer.statusCode() == 201) {
            HttpRegistry.close(answer);
            return false; // mounted
        }
        var target = begun(answer);
        if (!whole(target)) {
            pieces(target);
        }
        return true;
    }

    private URI begun(HttpResponse<InputStream> answer) {
        expect(answer, "start upload of " + content.digest(), Set.of(200, 202));
        return location(answer);
    }

    private Call put(URI target) {
        var uri = Place.withParameter(
                target.toString(), "digest", content.digest().toString());
        return Call.of("PUT", uri, place.scope()).with("Content-Type", "application/octet-stream");
    }

    /// @return whether it is stored; otherwise it has to go on in pieces
    private boolean whole(URI target) {
        HttpResponse<InputStream> answer;
        try {
            answer = transport.sendOnce(host, put(target).sending(this::body));
        } catch (Unavailable broken) {
            return false;
        }
        if (answer.statusCode() == TOO_LARGE || Transport.isBusy(answer.statusCode())) {
            HttpRegistry.close(answer);
            return false;
        }
        expect(answer, "push blob " + content.digest(), STORED);
        return true;
    }

    /// Goes on where the registry says it stands. An attempt that brought something resets the patience.
    private void pieces(URI begun) {
        var target = begun;
        var best = 0L;
        for (var stalls = 0; ; stalls++) {
            if (stalls > 0) {
                transport.pause(Transport.backOff(stalls));
            }
            try {
                var stand = standing(target);
                var end = pieces(stand);
                expect(
                        transport.send(host, put(end).sending(BodyPublishers::noBody)),
                        "push blob " + content.digest(),
                        STORED);
                return;
            } catch (Broken broken) {
                stalls = broken.stand.offset() > best ? 0 : stalls;
                best = Math.max(best, broken.stand.offset());
                target = broken.stand.target();
                if (stalls + 1 >= MOST_STALLS) {
                    throw new Unavailable(
                            "push blob " + content.digest() + " to " + host.authority() + ": only " + best + " of "
                                    + content.size() + " bytes went: " + broken.getMessage(),
                            broken);
                }
            }
        }
    }

    /// How far an upload is, and where it goes on.
    private record Stand(URI target, long offset) {}

    /// An upload that can be gone on with.
    private static final class Broken extends Exception {
        private static final long serialVersionUID = 1;

        private final transient Stand stand;

        Broken(String why, Stand stand) {
            super(why);
            this.stand = stand;
        }
    }

    /// Asks the registry; an upload that it has forgotten is begun again.
    private Stand standing(URI target) {
        var answer = transport.send(host, Call.of("GET", target, place.scope()));
        if (answer.statusCode() == 404) {
            HttpRegistry.close(answer);
            return new Stand(begun(start("")), 0);
        }
        expect(answer, "ask for upload of " + content.digest(), Set.of(200, 202, 204));
        var moved = answer.headers().firstValue("Location").isPresent() ? location(answer) : target;
        return new Stand(moved, offset(answer));
    }

    /// `Range: 0-499` has 500 bytes. Registries say `0-0` of an upload that has none.
    private static long offset(HttpResponse<?> answer) {
        var range = answer.headers().firstValue("Range").orElse("");
        var last = range.matches("(bytes=)?0-[0-9]{1,18}") ? Long.parseLong(range.replaceFirst(".*-", "")) : 0;
        return last == 0 ? 0 : last + 1;
    }

    private URI pieces(Stand from) throws Broken {
        var stand = from;
        while (stand.offset() < content.size()) {
            var begin = stand.offset();
            var end = Math.min(begin + PIECE, content.size());
            var call = Call.of("PATCH", stand.target(), place.scope())
                    .with("Content-Type", "application/octet-stream")
                    .with("Content-Range", begin + "-" + (end - 1))
                    .sending(() -> body(begin, end));
            HttpResponse<InputStream> answer;
            try {
                answer = transport.sendOnce(host, call);
            } catch (Unavailable e) {
                throw new Broken(e.message(), stand);
            }
            if (answer.statusCode() == OUT_OF_ORDER || Transport.isBusy(answer.statusCode())) {
                HttpRegistry.close(answer);
                throw new Broken("status " + answer.statusCode(), stand);
            }
            expect(answer, "push blob " + content.digest(), STORED);
            stand = new Stand(location(answer), end);
        }
        return stand.target();
    }

    private boolean exists() {
        var call = Call.of("HEAD", place.uri(content), place.scope()).with("Accept", HttpRegistry.accept(content));
        var answer = transport.send(host, call);
        if (answer.statusCode() == 404) {
            HttpRegistry.close(answer);
            return false;
        }
        expect(answer, "look for " + content.digest(), Set.of(200));
        return true;
    }

    private HttpResponse<InputStream> start(String source) {
        var uploads = place.uri("/blobs/uploads/").toString();
        if (!source.isEmpty()) {
            var mount = Place.withParameter(uploads, "mount", content.digest().toString());
            // the token must also allow reading the other repository
            var scope = place.scope() + " repository:" + source + ":pull";
            var answer =
                    transport.send(host, Call.of("POST", Place.withParameter(mount.toString(), "from", source), scope));
            if (answer.statusCode() / 100 == 2) {
                return answer;
            }
            HttpRegistry.close(answer);
        }
        return transport.send(host, Call.of("POST", URI.create(uploads), place.scope()));
    }

    private URI location(HttpResponse<?> answer) {
        var location = answer.headers().firstValue("Location").orElse("");
        try {
            if (!location.isEmpty()) {
                return answer.uri().resolve(location);
            }
        } catch (IllegalArgumentException malformed) {
            // reported below
        }
        throw new Unavailable("push " + content.digest() + ": " + host.authority() + " named no place to upload to (\""
                + location + "\")");
    }

    private void expect(HttpResponse<InputStream> answer, String what, Set<Integer> statuses) {
        if (!statuses.contains(answer.statusCode())) {
            throw Failures.of(host, what, answer);
        }
        HttpRegistry.close(answer);
    }

    private BodyPublisher body() {
        return body(0, content.size());
    }

    private BodyPublisher body(long begin, long end) {
        return BodyPublishers.fromPublisher(
                BodyPublishers.ofInputStream(() -> new Reading(bytes, begin, end, progress)), Math.max(end - begin, 1));
    }

    /// A part of a blob as a stream that reports how far it was read.
    private static final class Reading extends InputStream {
        private final BlobReader bytes;
        private final LongConsumer progress;
        private final long end;
        private long offset;

        Reading(BlobReader bytes, long begin, long end, LongConsumer progress) {
            this.bytes = bytes;
            this.progress = progress;
            this.end = end;
            offset = begin;
        }

        @Override
        public int read() throws IOException {
            var one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int from, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            if (offset >= end) {
                return -1;
            }
            var most = (int) Math.min(length, end - offset);
            var count = bytes.read(ByteBuffer.wrap(buffer, from, most), offset);
            if (count > 0) {
                offset += count;
                progress.accept(offset);
            }
            return count;
        }
    }
}
