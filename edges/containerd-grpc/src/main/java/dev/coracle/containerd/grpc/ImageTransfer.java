package dev.coracle.containerd.grpc;

import dev.coracle.base.EngineException;
import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.base.EngineException.NotImplemented;
import dev.coracle.base.Platform;
import dev.coracle.base.Reference;
import dev.coracle.containerd.api.types.transfer.ImageExportStream;
import dev.coracle.containerd.api.types.transfer.ImageImportStream;
import dev.coracle.containerd.api.types.transfer.ImageReference;
import dev.coracle.containerd.api.types.transfer.ImageStore;
import dev.coracle.containerd.api.types.transfer.OCIRegistry;
import dev.coracle.core.registry.Login;
import dev.coracle.core.registry.RegistryAccess;
import dev.coracle.core.stores.Scope;
import dev.coracle.engine.images.ImagePorts;
import dev.coracle.engine.images.PullOptions;
import dev.coracle.engine.images.StoredImages;
import dev.coracle.engine.images.UnpackTarget;
import dev.coracle.oci.Descriptor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;

/// One transfer for one caller.
final class ImageTransfer implements AutoCloseable {
    private static final int PIECE = 32 << 10;

    private final ImagePorts ports;
    private final Streams streams;
    private final Scope scope;
    private final TransferProgress progress;
    private final StoredImages images;
    private final List<ClientStream> used = new ArrayList<>();

    ImageTransfer(ImagePorts ports, Streams streams, Scope scope, TransferProgress progress) {
        this.ports = ports;
        this.streams = streams;
        this.scope = scope;
        this.progress = progress;
        images = new StoredImages(ports, scope, _ -> false);
    }

    void pull(OCIRegistry source, ImageStore destination) throws InterruptedException {
        var reference = Reference.parseFull(source.getReference());
        var from = "OCI Registry (" + source.getReference() + ")";
        progress.event("Resolving from " + from);
        progress.root(source.getReference());
        var options = new PullOptions(
                access(source),
                platforms(destination.getPlatformsList()),
                destination.getAllMetadata(),
                unpacks(destination),
                destination.getLabelsMap(),
                PullOptions.AT_ONCE);
        images.pull(reference, options, progress, target -> {
            store(naming(destination).whole(target.digest()), target);
            progress.event("Completed pull from " + from, "", target);
        });
    }

    void push(ImageStore source, OCIRegistry destination) throws InterruptedException {
        var to = "OCI Registry (" + destination.getReference() + ")";
        var image = ports.stores().in(scope).images().get(source.getName());
        var target = oci(image.target());
        progress.root(source.getName());
        progress.event("Pushing to " + to);
        progress.event("pushing content", source.getName(), target);
        images.push(
                target,
                Reference.parseFull(destination.getReference()),
                platforms(source.getPlatformsList()),
                access(destination),
                progress);
        progress.event("pushed content", source.getName(), target);
        progress.event("Completed push to " + to, "", target);
    }

    void load(ImageImportStream source, ImageStore destination) throws IOException, InterruptedException {
        progress.event("Importing");
        try (var input = new StreamInput(stream(source.getStream()))) {
            var platforms = platforms(destination.getPlatformsList());
            images.load(input, source.getForceCompress(), platforms, unpacks(destination), archive -> {
                store(naming(destination).whole(archive.index().digest()), archive.index());
                for (var image : archive.images()) {
                    store(naming(destination).annotated(image.digest(), image.annotations()), image);
                }
            });
        }
        progress.event("Completed import");
    }

    private void store(List<ImageNaming.Named> names, Descriptor target) {
        for (var named : names) {
            images.put(named.name(), target, named.labels());
            progress.event("saved", named.name(), target);
        }
    }

    void export(ImageStore source, ImageExportStream destination) throws IOException {
        progress.event("Exporting");
        var names = Stream.concat(
                        Stream.of(source.getName()).filter(name -> !name.isEmpty()),
                        source.getExtraReferencesList().stream().map(ImageTransfer::plain))
                .toList();
        var wanted = platforms(destination.getPlatformsList());
        var platforms =
                destination.getAllPlatforms() ? List.<Platform>of() : wanted.isEmpty() ? List.of(ports.host()) : wanted;
        try (var output = new StreamOutput(stream(destination.getStream()))) {
            images.export(names, platforms, !destination.getSkipCompatibilityManifest(), output);
        }
        progress.event("Completed export");
    }

    private static String plain(ImageReference reference) {
        if (reference.getIsPrefix()) {
            throw new NotImplemented("export of all images whose names begin with " + reference.getName());
        }
        return reference.getName();
    }

    void tag(ImageStore source, ImageStore destination) {
        var image = ports.stores().in(scope).images().get(source.getName());
        var target = oci(image.target());
        var names = naming(destination).whole(target.digest());
        if (names.isEmpty()) {
            throw new NotFound("no image name found");
        }
        store(names, target);
    }

    /// Sends back what comes.
    void echo(ImageImportStream source, ImageExportStream destination) throws IOException {
        try (var input = new StreamInput(stream(source.getStream()));
                var output = new StreamOutput(stream(destination.getStream()))) {
            var piece = new byte[PIECE];
            for (var count = input.read(piece); count >= 0; count = input.read(piece)) {
                output.write(piece, 0, count);
            }
        }
    }

    private ImageNaming naming(ImageStore destination) {
        return new ImageNaming(destination, ports.clock().instant());
    }

    private ClientStream stream(String id) {
        var stream = streams.get(scope.namespace(), id);
        used.add(stream);
        return stream;
    }

    @Override
    public void close() {
        used.forEach(ClientStream::close);
    }

    private List<UnpackTarget> unpacks(ImageStore destination) {
        return destination.getUnpacksList().stream()
                .map(unpack -> new UnpackTarget(
                        platform(unpack.getPlatform()).orElse(ports.host()),
                        unpack.getSnapshotter().isEmpty()
                                ? ports.snapshotterOf(scope.namespace())
                                : unpack.getSnapshotter()))
                .toList();
    }

    private List<Platform> platforms(List<dev.coracle.containerd.api.types.Platform> wire) {
        return wire.stream()
                .map(ImageTransfer::platform)
                .flatMap(Optional::stream)
                .toList();
    }

    private static Optional<Platform> platform(dev.coracle.containerd.api.types.Platform wire) {
        return wire.getOs().isEmpty() && wire.getArchitecture().isEmpty()
                ? Optional.empty()
                : Optional.of(new Platform(wire.getOs(), wire.getArchitecture(), wire.getVariant()));
    }

    private RegistryAccess access(OCIRegistry registry) {
        var resolver = registry.getResolver();
        Function<String, Login> logins = resolver.getAuthStream().isEmpty()
                ? _ -> Login.ANONYMOUS
                : new ClientLogin(stream(resolver.getAuthStream()), registry.getReference());
        var headers = new HashMap<String, List<String>>();
        resolver.getHeadersMap().forEach((name, value) -> headers.put(name, List.of(value)));
        return new RegistryAccess(
                logins,
                resolver.getHostDir().isEmpty() ? List.of() : List.of(Path.of(resolver.getHostDir())),
                scheme(resolver.getDefaultScheme()),
                headers,
                trace(resolver.getLogsStream()));
    }

    private static RegistryAccess.Scheme scheme(String word) {
        return switch (word) {
            case "", "https" -> RegistryAccess.Scheme.SECURE;
            case "http" -> RegistryAccess.Scheme.PLAIN;
            default -> throw new InvalidArgument("default scheme \"" + word + "\" is not http or https");
        };
    }

    private Consumer<String> trace(String id) {
        if (id.isEmpty()) {
            return _ -> {};
        }
        var output = new StreamOutput(stream(id));
        return line -> {
            synchronized (output) {
                try {
                    output.write((line + "\n").getBytes(StandardCharsets.UTF_8));
                } catch (IOException | EngineException gone) {
                    // nobody reads it any more
                }
            }
        };
    }

    private static Descriptor oci(dev.coracle.core.types.Descriptor target) {
        return new Descriptor(
                target.mediaType(), target.digest(), target.size(), target.annotations(), Optional.empty());
    }
}
