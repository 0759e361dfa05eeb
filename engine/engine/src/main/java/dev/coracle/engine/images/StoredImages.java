package dev.coracle.engine.images;

import dev.coracle.base.EngineException.AlreadyExists;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.base.Platform;
import dev.coracle.base.Reference;
import dev.coracle.core.containers.Container;
import dev.coracle.core.images.Image;
import dev.coracle.core.registry.RegistryAccess;
import dev.coracle.core.registry.TransferListener;
import dev.coracle.core.stores.NamespaceStores;
import dev.coracle.core.stores.Scope;
import dev.coracle.core.types.FieldMask;
import dev.coracle.engine.filters.PruneFilter;
import dev.coracle.oci.Descriptor;
import dev.coracle.oci.ImageConfig;
import dev.coracle.oci.Manifest;
import dev.coracle.oci.MediaTypes;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// The images of one namespace in the stores.
public final class StoredImages implements Images {
    private final ImagePorts ports;
    private final Scope scope;
    private final Predicate<Container> running;

    /// @param running whether a container of this namespace has a process
    public StoredImages(ImagePorts ports, Scope scope, Predicate<Container> running) {
        this.ports = ports;
        this.scope = scope;
        this.running = running;
    }

    private NamespaceStores stores() {
        return ports.stores().in(scope);
    }

    private TemporaryLease lease() {
        return TemporaryLease.take(ports.stores(), scope, ports.clock());
    }

    private String snapshotter() {
        return ports.snapshotterOf(scope.namespace());
    }

    private ImageNames names() {
        return new ImageNames(stores(), ports.host());
    }

    private ImageViews views() {
        return new ImageViews(stores(), snapshotter(), ports.host());
    }

    @Override
    public PullOptions pullOptions(RegistryAccess access) {
        return new PullOptions(
                access,
                List.of(ports.host()),
                false,
                List.of(new UnpackTarget(ports.host(), snapshotter())),
                Map.of(),
                PullOptions.AT_ONCE);
    }

    @Override
    public ImageView pull(Reference reference, PullOptions options, PullListener listener) throws InterruptedException {
        var named = reference.withDefaultTag();
        pull(named, options, listener, target -> put(named.toString(), target, options.labels()));
        return get(named.toString());
    }

    /// The same for a caller who gives the names itself, before anything is let go of.
    public void pull(Reference reference, PullOptions options, PullListener listener, Consumer<Descriptor> naming)
            throws InterruptedException {
        try (var lease = lease();
                var registry = ports.registries().open(options.access());
                var unpacking = new UnpackingPull(lease.stores(), ports.layers(), options.unpacks(), listener)) {
            var wanted = new ImagePull.Options(options.platforms(), options.otherMetadata(), true, options.atOnce());
            var content = lease.stores().content();
            var target = new ImagePull(registry, content, wanted, unpacking, ports.verifier()).pull(reference);
            unpacking.join(target);
            naming.accept(target);
        }
    }

    /// Creates the image or points an existing one to the new target; labels are added to those it
    /// has.
    public void put(String name, Descriptor target, Map<String, String> labels) {
        var stores = stores();
        var image = new Image(name, Unpack.core(target), labels, Instant.EPOCH, Instant.EPOCH);
        while (true) {
            try {
                stores.images().create(image, Optional.empty());
                return;
            } catch (AlreadyExists known) {
                try {
                    var paths = new ArrayList<>(List.of("target"));
                    labels.keySet().forEach(key -> paths.add("labels." + key));
                    stores.images().update(image, new FieldMask(paths), Optional.empty());
                    return;
                } catch (NotFound removedMeanwhile) {
                    // create it after all
                }
            }
        }
    }

    @Override
    public void push(Reference reference, List<Platform> platforms, RegistryAccess access, TransferListener listener)
            throws InterruptedException {
        var image = names().get(reference.withDefaultTag().toString());
        var target = ImageViews.oci(image.target());
        push(target, reference.withDefaultTag(), platforms, access, listener);
    }

    /// Sends any target to any place.
    public void push(
            Descriptor target,
            Reference reference,
            List<Platform> platforms,
            RegistryAccess access,
            TransferListener listener)
            throws InterruptedException {
        try (var lease = lease();
                var registry = ports.registries().open(access)) {
            var content = lease.stores().content();
            var push = new ImagePush(content, registry, reference, PullOptions.AT_ONCE, listener);
            var sent = platforms.isEmpty() ? target : new PlatformSelection(content).of(target, platforms);
            push.push(sent);
        }
    }

    @Override
    public void checkLogin(String registry, RegistryAccess access) {
        try (var opened = ports.registries().open(access)) {
            opened.check(registry);
        }
    }

    @Override
    public void tag(String image, Reference name) {
        var source = names().get(image);
        put(name.withDefaultTag().toString(), ImageViews.oci(source.target()), source.labels());
    }

    @Override
    public List<Removal> remove(String image, boolean force) {
        var removals = new ImageRemoval(stores(), names(), running).remove(image, force);
        ports.collector().deleted();
        return removals;
    }

    @Override
    public List<Removal> prune(boolean all, PruneFilter filter) {
        var removal = new ImageRemoval(stores(), names(), running);
        var views = views();
        var removals = new ArrayList<Removal>();
        for (var image : stores().images().list(List.of())) {
            var view = views.of(image);
            if ((all || view.isDangling()) && removal.users(image).isEmpty() && wanted(view, filter)) {
                removal.drop(image, removals);
                if (names().namesOf(image).isEmpty()) {
                    removals.add(new Removal(image.target().digest().toString(), false));
                }
            }
        }
        if (!removals.isEmpty()) {
            ports.collector().collect();
        }
        return removals;
    }

    private static boolean wanted(ImageView view, PruneFilter filter) {
        return view.created().isBefore(filter.until())
                && filter.labels().stream().allMatch(label -> has(view, label))
                && filter.withoutLabels().stream().noneMatch(label -> has(view, label));
    }

    private static boolean has(ImageView view, String label) {
        var equals = label.indexOf('=');
        return equals < 0
                ? view.labels().containsKey(label)
                : label.substring(equals + 1).equals(view.labels().get(label.substring(0, equals)));
    }

    @Override
    public List<ImageView> list() {
        var views = views();
        return stores().images().list(List.of()).stream()
                .map(views::of)
                .sorted(Comparator.comparing(ImageView::created).reversed().thenComparing(ImageView::name))
                .toList();
    }

    @Override
    public ImageView get(String image) {
        return views().of(names().get(image));
    }

    @Override
    public Optional<ImageView> find(String image) {
        return names().find(image).map(found -> views().of(found));
    }

    @Override
    public ImageDetails inspect(String image, Optional<Platform> platform) {
        return details(names().get(image), platform);
    }

    private ImageDetails details(Image image, Optional<Platform> platform) {
        return views().details(
                        image, names().namesOf(image).stream().map(Image::name).toList(), platform);
    }

    @Override
    public List<Layer> history(String image) {
        var details = inspect(image, Optional.empty());
        var bytes = views().layerBytes(details.config()).iterator();
        var layers = new ArrayList<Layer>();
        for (var step : details.history().steps()) {
            layers.add(new Layer(step, step.emptyLayer() || !bytes.hasNext() ? 0 : bytes.next()));
        }
        return layers;
    }

    @Override
    public ImageDetails ready(String image, Optional<Platform> platform, String snapshotter)
            throws InterruptedException {
        try (var lease = lease()) {
            var details = inspect(image, platform);
            var chosen = snapshotter.isEmpty() ? snapshotter() : snapshotter;
            new Unpack(lease.stores(), ports.layers(), chosen, Unpack.LayerGate.NONE)
                    .image(details.manifest(), details.config());
            return details;
        }
    }

    @Override
    public void save(List<String> images, List<Platform> platforms, OutputStream out) throws IOException {
        var names = names();
        export(images.stream().map(names::get).map(Image::name).toList(), platforms, true, out);
    }

    /// The same for names as they are stored. Of an index whose other platforms were never brought,
    /// only the manifests that are here are written.
    ///
    /// @param docker whether `docker load` must be able to read it
    public void export(List<String> names, List<Platform> platforms, boolean docker, OutputStream out)
            throws IOException {
        var store = stores();
        new ImageExport(store.content(), name -> here(store, store.images().get(name), platforms), platforms)
                .write(names, docker, out);
    }

    private Descriptor here(NamespaceStores stores, Image image, List<Platform> platforms) {
        var target = ImageViews.oci(image.target());
        if (!MediaTypes.isIndex(target.mediaType())) {
            return target;
        }
        var here = views().of(image).platforms();
        return new PlatformSelection(stores.content()).of(target, platforms.isEmpty() ? here : platforms);
    }

    @Override
    public List<ImageView> load(InputStream archive, List<Platform> platforms)
            throws IOException, InterruptedException {
        var wanted = platforms.isEmpty() ? List.of(ports.host()) : platforms;
        var unpacks = wanted.stream()
                .map(platform -> new UnpackTarget(platform, snapshotter()))
                .toList();
        var loaded = new ArrayList<String>();
        load(archive, false, List.of(), unpacks, content -> {
            for (var found : content.found()) {
                var names = found.names().isEmpty()
                        ? List.of(found.target().digest().toString())
                        : found.names().stream().map(StoredImages::full).toList();
                names.forEach(name -> put(name, found.target(), Map.of()));
                loaded.addAll(names);
            }
        });
        return loaded.stream().map(this::get).toList();
    }

    private static String full(String name) {
        return Reference.parse(name).withDefaultTag().toString();
    }

    /// The same for a caller who gives the names itself, before anything is let go of.
    ///
    /// @param compress whether plain layers of a docker archive are gzipped
    /// @param platforms whose content is kept; none for that of all
    public void load(
            InputStream archive,
            boolean compress,
            List<Platform> platforms,
            List<UnpackTarget> unpacks,
            Consumer<ImageImport.Archive> naming)
            throws IOException, InterruptedException {
        try (var lease = lease()) {
            var content = new ImageImport(lease.stores().content(), compress, platforms).read(archive);
            for (var target : unpacks) {
                for (var found : content.found()) {
                    unpack(lease.stores(), found.target(), target);
                }
            }
            naming.accept(content);
        }
    }

    /// Unpacks an image of an archive, if it is one for the platform.
    private void unpack(NamespaceStores stores, Descriptor image, UnpackTarget target) throws InterruptedException {
        var documents = new Documents(stores.content());
        Manifest manifest;
        ImageConfig config;
        try {
            manifest = documents.manifest(image, target.platform());
            config = documents.config(manifest);
        } catch (NotFound otherPlatform) {
            return;
        }
        if (target.platform().runs(config.platform())) {
            new Unpack(stores, ports.layers(), target.snapshotter(), Unpack.LayerGate.NONE).image(manifest, config);
        }
    }

    @Override
    public ImageView importTree(InputStream tar, Optional<Reference> name, String message, Platform platform)
            throws IOException, InterruptedException {
        try (var lease = lease()) {
            var target = new TreeImport(lease.stores(), ports.layers(), snapshotter())
                    .read(tar, message, platform, ports.clock().instant());
            var documents = new Documents(lease.stores().content());
            var manifest = documents.manifest(target, platform);
            new Unpack(lease.stores(), ports.layers(), snapshotter(), Unpack.LayerGate.NONE)
                    .image(manifest, documents.config(manifest)); // ties the snapshot to the configuration
            var stored = name.map(reference -> reference.withDefaultTag().toString())
                    .orElse(target.digest().toString());
            put(stored, target, Map.of());
            return get(stored);
        }
    }
}
