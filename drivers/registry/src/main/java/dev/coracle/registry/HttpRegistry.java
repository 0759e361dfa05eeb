package dev.coracle.registry;

import dev.coracle.base.Digest;
import dev.coracle.base.EngineException;
import dev.coracle.base.EngineException.FailedPrecondition;
import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.base.EngineException.Unavailable;
import dev.coracle.base.Reference;
import dev.coracle.core.content.BlobReader;
import dev.coracle.core.content.BlobWriter;
import dev.coracle.core.registry.Registry;
import dev.coracle.oci.Descriptor;
import dev.coracle.oci.MediaTypes;
import dev.coracle.registry.RegistryHost.Capability;
import dev.coracle.registry.Transport.Call;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.function.LongConsumer;

/// A client of image registries (distribution-spec). Safe for many threads; closed by whoever
/// made it.
public final class HttpRegistry implements Registry {
    private static final String ACCEPT = String.join(
            ", ",
            MediaTypes.DOCKER_MANIFEST,
            MediaTypes.DOCKER_INDEX,
            MediaTypes.OCI_MANIFEST,
            MediaTypes.OCI_INDEX,
            "*/*");

    private final Hosts hosts;
    private final Transport transport;
    private final Map<String, List<RegistryHost>> known = new ConcurrentHashMap<>();

    public HttpRegistry(RegistryOptions options, InstantSource clock) {
        this(options, clock, Thread::sleep);
    }

    HttpRegistry(RegistryOptions options, InstantSource clock, Transport.Pause pause) {
        hosts = new Hosts(options);
        transport = new Transport(options, clock, pause);
    }

    @Override
    public Descriptor resolve(Reference reference) {
        try {
            return first(reference, Capability.RESOLVE, "pull", this::resolveAt);
        } catch (EngineException e) {
            throw e.within("failed to resolve reference \"" + reference + "\"");
        }
    }

    private Descriptor resolveAt(RegistryHost host, Place place) {
        var reference = place.reference();
        var call = Call.of("HEAD", place.uri("/manifests/" + reference.object()), place.scope())
                .with("Accept", ACCEPT);
        var answer = transport.send(host, call);
        if (answer.statusCode() == 200) {
            close(answer);
            var type = answer.headers().firstValue("Content-Type").orElse("");
            var digest = answer.headers().firstValue("Docker-Content-Digest").orElse("");
            var size = answer.headers().firstValueAsLong("Content-Length").orElse(-1);
            if (!digest.isEmpty() && size > 0 && (MediaTypes.isIndex(type) || MediaTypes.isManifest(type))) {
                return checked(reference, new Descriptor(type, Digest.parse(digest), size));
            }
        } else if (answer.statusCode() != 405 && answer.statusCode() != 400) {
            throw Failures.of(host, reference.toString(), answer);
        } else {
            close(answer);
        }
        return byReading(host, place);
    }

    /// For registries that answer a HEAD without digest: reads the manifest and computes it.
    private Descriptor byReading(RegistryHost host, Place place) {
        var reference = place.reference();
        var call = Call.of("GET", place.uri("/manifests/" + reference.object()), place.scope())
                .with("Accept", ACCEPT);
        var answer = transport.send(host, call);
        if (answer.statusCode() != 200) {
            throw Failures.of(host, reference.toString(), answer);
        }
        try {
            var bytes = Transport.body(answer, LARGEST_MANIFEST);
            var type = answer.headers()
                    .firstValue("Content-Type")
                    .orElse("")
                    .replaceAll(";.*", "")
                    .strip();
            return checked(reference, new Descriptor(type, Digest.ofBytes(bytes), bytes.length));
        } catch (IOException e) {
            throw Failures.unreachable(call, e);
        }
    }

    private static Descriptor checked(Reference reference, Descriptor found) {
        if (MediaTypes.isSchema1(found.mediaType())) {
            throw new InvalidArgument(reference + ": Docker schema 1 images are not supported")
                    .remedy("push the image again with a current tool");
        }
        if (found.size() > LARGEST_MANIFEST) {
            throw new InvalidArgument(reference + ": manifest of " + found.size()
                    + " bytes is larger than the limit of " + LARGEST_MANIFEST);
        }
        if (reference.digest().isPresent() && !reference.digest().get().equals(found.digest())) {
            throw new FailedPrecondition(reference + ": registry answered with digest " + found.digest());
        }
        return found;
    }

    @Override
    public void fetch(Reference reference, Descriptor wanted, BlobWriter sink, LongConsumer progress) {
        if (sink.status().offset() == wanted.size()) {
            return;
        }
        first(reference, Capability.PULL, "pull", (host, place) -> {
            new BlobDownload(transport, host, place, wanted).into(sink, progress);
            return wanted;
        });
    }

    @Override
    public InputStream open(Reference reference, Descriptor wanted) {
        return first(reference, Capability.PULL, "pull", (host, place) -> {
            var call = Call.of("GET", place.uri(wanted), place.scope()).with("Accept", accept(wanted));
            var answer = transport.send(host, call);
            if (answer.statusCode() != 200) {
                throw Failures.of(host, wanted.digest().toString(), answer);
            }
            return answer.body();
        });
    }

    static String accept(Descriptor wanted) {
        return wanted.mediaType().isEmpty() ? "*/*" : wanted.mediaType() + ", */*";
    }

    @Override
    public boolean push(
            Reference reference,
            Descriptor content,
            boolean tagged,
            Set<String> sources,
            BlobReader bytes,
            LongConsumer progress) {
        return first(reference, Capability.PUSH, "pull,push", (host, place) -> {
            var upload = new BlobUpload(transport, host, place, content, bytes, progress);
            return (MediaTypes.isManifest(content.mediaType()) || MediaTypes.isIndex(content.mediaType()))
                    ? upload.manifest(tagged)
                    : upload.blob(sources);
        });
    }

    /// Tries the hosts in order; the last failure is the one that counts, but what we were denied
    /// outranks what the next host merely does not have.
    private <T> T first(
            Reference reference, Capability capability, String actions, BiFunction<RegistryHost, Place, T> attempt) {
        var able = known.computeIfAbsent(reference.domain(), hosts::of).stream()
                .filter(host -> host.can(capability))
                .toList();
        if (able.isEmpty()) {
            throw new NotFound("no host configured for " + reference.domain() + " may " + capability + ": not found");
        }
        EngineException failure = null;
        for (var host : able) {
            try {
                return attempt.apply(host, new Place(host, reference, actions));
            } catch (NotFound e) {
                failure = failure == null ? e : failure;
            } catch (Unavailable | EngineException.Unauthenticated | EngineException.PermissionDenied e) {
                failure = e;
            }
        }
        throw failure == null ? new NotFound(reference + ": not found") : failure;
    }

    /// Where a repository is at one host.
    record Place(RegistryHost host, Reference reference, String actions) {
        String scope() {
            return "repository:" + reference.path() + ":" + actions;
        }

        URI uri(Descriptor content) {
            var manifest = MediaTypes.isManifest(content.mediaType()) || MediaTypes.isIndex(content.mediaType());
            return uri((manifest ? "/manifests/" : "/blobs/") + content.digest());
        }

        /// A mirror is told whose repository is meant.
        URI uri(String rest) {
            var text = host.base() + "/" + reference.path() + rest;
            return isMirror() ? withParameter(text, "ns", reference.domain()) : URI.create(text);
        }

        private boolean isMirror() {
            var own = reference.domain().equals(Reference.DEFAULT_DOMAIN) ? "registry-1.docker.io" : reference.domain();
            return !host.authority().equals(own) && !host.authority().equals(reference.domain());
        }

        static URI withParameter(String uri, String name, String value) {
            return URI.create(uri + (uri.indexOf('?') < 0 ? "?" : "&") + name + "="
                    + URLEncoder.encode(value, StandardCharsets.UTF_8));
        }
    }

    @Override
    public void check(String registry) {
        first(
                new Reference(registry, "x", Optional.empty(), Optional.empty()),
                Capability.RESOLVE,
                "pull",
                (host, _) -> {
                    var answer = transport.send(host, Call.of("GET", URI.create(host.base() + "/"), ""));
                    if (answer.statusCode() != 200) {
                        throw Failures.of(host, registry, answer);
                    }
                    close(answer);
                    return true;
                });
    }

    static void close(HttpResponse<InputStream> answer) {
        try {
            answer.body().close();
        } catch (IOException unread) {
            // nothing was wanted from it
        }
    }

    @Override
    public void close() {
        transport.close();
    }
}
