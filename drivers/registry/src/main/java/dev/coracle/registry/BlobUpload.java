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

    /// Sends a blob in one piece, or has the registry take it from a sibling repository.
    boolean blob(Set<String> sources) {
        if (exists()) {
            return false;
        }
        var answer = start(sources.stream().sorted().findFirst().orElse(""));
        if (answer.statusCode() == 201) {
            HttpRegistry.close(answer);
            return false; // mounted
        }
        expect(answer, "start upload of " + content.digest(), Set.of(200, 202));
        var target = location(answer);
        var call = Call.of(
                        "PUT",
                        Place.withParameter(
                                target.toString(), "digest", content.digest().toString()),
                        place.scope())
                .with("Content-Type", "application/octet-stream")
                .sending(this::body);
        expect(transport.send(host, call), "push blob " + content.digest(), Set.of(200, 201, 202, 204));
        return true;
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
        return BodyPublishers.fromPublisher(
                BodyPublishers.ofInputStream(() -> new Reading(bytes, progress)), Math.max(content.size(), 1));
    }

    /// A blob as a stream that reports how far it was read.
    private static final class Reading extends InputStream {
        private final BlobReader bytes;
        private final LongConsumer progress;
        private long offset;

        Reading(BlobReader bytes, LongConsumer progress) {
            this.bytes = bytes;
            this.progress = progress;
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
            var count = bytes.read(ByteBuffer.wrap(buffer, from, length), offset);
            if (count > 0) {
                offset += count;
                progress.accept(offset);
            }
            return count;
        }
    }
}
