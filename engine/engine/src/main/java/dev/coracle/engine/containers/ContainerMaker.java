package dev.coracle.engine.containers;

import dev.coracle.base.EngineException.FailedPrecondition;
import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.core.containers.Container;
import dev.coracle.core.files.FileTree;
import dev.coracle.core.mounts.Mount;
import dev.coracle.core.types.TypedBytes;
import dev.coracle.engine.containers.ContainerImages.ContainerImage;
import dev.coracle.engine.volumes.Volumes;
import dev.coracle.oci.ImageConfig;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// Makes containers: all of one, or nothing. The name is claimed first and the record of the container store is written
/// last, so that whatever a killed daemon leaves in between is known by its name, and removed.
final class ContainerMaker {
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]*");
    private static final int LONGEST_NAME = 128;
    private static final ImageConfig NO_IMAGE = ImageConfig.parse(new byte[] {'{', '}'});

    private final EngineParts parts;
    private final Shelf shelf;
    private final Folders folders;
    private final Identities identities;
    private final SpecWriter specs;

    ContainerMaker(EngineParts parts, Shelf shelf, Folders folders, Identities identities) {
        this.parts = parts;
        this.shelf = shelf;
        this.folders = folders;
        this.identities = identities;
        this.specs = new SpecWriter(parts.settings(), folders);
    }

    Entry make(String namespace, ContainerOptions options, Volumes volumes, CreateProgress progress) {
        check(options);
        var image = options.imageUse().rootfs()
                ? new ContainerImage("", "", NO_IMAGE, "", "")
                : parts.images().apply(namespace).prepare(options.image(), options.imageUse(), progress);
        var id = randomId();
        var config = ConfigResolver.resolve(id, options, image.config());
        var mounts =
                new MountResolver(volumes, name -> shelf.find(namespace, name).doc());
        var made = false;
        try {
            var doc = new ContainerDoc(
                    namespace,
                    id,
                    options.name().isEmpty() ? madeUpName(options.image(), id) : checkedName(options.name()),
                    parts.clock().instant(),
                    image.reference(),
                    image.id(),
                    image.snapshotter(),
                    options,
                    config,
                    mounts.resolve(options, config),
                    networks(options));
            var entry = make(doc, image, mounts);
            made = true;
            return entry;
        } finally {
            if (!made) {
                mounts.made().forEach(volume -> volumes.remove(volume.name()));
            }
        }
    }

    private static List<dev.coracle.core.networks.EndpointSpec> networks(ContainerOptions options) {
        return options.network().mode() instanceof NetworkOptions.Mode.Bridged(var networks) ? networks : List.of();
    }

    private Entry make(ContainerDoc doc, ContainerImage image, MountResolver mounts) {
        var entry = shelf.add(doc);
        var made = false;
        try {
            folders.make(doc);
            prepare(doc, image);
            for (var volume : mounts.toFill()) {
                parts.files().copy(tree(doc), volume.destination(), Path.of(volume.source()));
            }
            var identity = identities.of(
                    image.snapshot(),
                    () -> tree(doc),
                    doc.config().user(),
                    doc.options().process().addedGroups());
            var spec = specs.write(doc, identity);
            parts.in(doc.namespace())
                    .containers()
                    .create(new Container(
                            doc.id(),
                            NerdctlLabels.of(doc, folders.of(doc)),
                            image.reference(),
                            new Container.RuntimeRef(parts.settings().runtime(), TypedBytes.NONE),
                            new TypedBytes(TypedBytes.RUNTIME_SPEC, spec.bytes()),
                            image.snapshotter(),
                            image.snapshotter().isEmpty() ? "" : doc.id(),
                            Instant.EPOCH,
                            Instant.EPOCH,
                            Map.of(),
                            ""));
            made = true;
            return entry;
        } finally {
            if (!made) {
                forget(entry);
            }
        }
    }

    private void prepare(ContainerDoc doc, ContainerImage image) {
        if (!image.snapshotter().isEmpty()) {
            // held by a label until the container's record holds it
            parts.in(doc.namespace())
                    .snapshotter(image.snapshotter())
                    .prepare(
                            doc.id(),
                            image.snapshot(),
                            Map.of("containerd.io/gc.root", doc.createdAt().toString()));
        }
    }

    /// Removes what is there of a container that has no record in the container store (any more). Can be repeated.
    void forget(Entry entry) {
        var doc = entry.doc();
        if (!doc.snapshotter().isEmpty()) {
            try {
                parts.in(doc.namespace()).snapshotter(doc.snapshotter()).remove(doc.id());
            } catch (dev.coracle.base.EngineException.NotFound _) {
                // it never came that far
            }
        }
        parts.files().remove(folders.of(doc));
        shelf.remove(entry);
    }

    /// How the root file system is mounted.
    List<Mount> rootfs(ContainerDoc doc) {
        return doc.snapshotter().isEmpty()
                ? List.of(new Mount("bind", doc.options().image(), List.of("rbind", "rw")))
                : parts.in(doc.namespace()).snapshotter(doc.snapshotter()).mounts(doc.id());
    }

    FileTree tree(ContainerDoc doc) {
        return new FileTree.Mounted(rootfs(doc));
    }

    private void check(ContainerOptions options) {
        var settings = parts.settings();
        LimitWriter.check(options.limits(), settings);
        if (options.lifecycle().autoRemove() && options.lifecycle().restart().kind() != RestartPolicy.Kind.NO) {
            throw new InvalidArgument("conflicting options: --restart and --rm");
        }
        if (options.lifecycle().init() && settings.init().isEmpty()) {
            throw new FailedPrecondition("init: no small init program is installed here")
                    .remedy("install the package catatonit or tini");
        }
        checkLog(options.log());
        RuntimeProgram.of(options.runtime(), settings.runtime());
        checkNetwork(options.network());
    }

    private void checkLog(LogOptions log) {
        if (LogSettings.of(log).isForwarded()) {
            var own = new HashMap<>(log.options());
            own.keySet().removeAll(List.of("max-size", "max-file"));
            parts.logs().check(log.driver(), own);
        }
        if (log.driver().contains("://") && !log.driver().matches("(file|binary):///.*")) {
            throw new InvalidArgument(
                    "log driver " + log.driver() + " is an address of neither a file:/// nor a binary:///");
        }
    }

    private static void checkNetwork(NetworkOptions network) {
        var isBridged = network.mode() instanceof NetworkOptions.Mode.Bridged;
        if (network.mode() instanceof NetworkOptions.Mode.OfContainer
                && !network.hostname().isEmpty()) {
            throw new InvalidArgument("conflicting options: hostname and the network mode");
        }
        if (!isBridged && (!network.ports().isEmpty() || network.publishAll())) {
            var mode = network.mode();
            if (mode instanceof NetworkOptions.Mode.Host) {
                return; // Docker discards them there, because the ports are the host's anyway
            }
            throw new InvalidArgument("conflicting options: port publishing and the container type network mode");
        }
    }

    private String randomId() {
        var bytes = new byte[32];
        parts.random().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    private static String madeUpName(String image, String id) {
        var path = image.substring(image.lastIndexOf('/') + 1);
        var end = path.indexOf('@') >= 0 ? path.indexOf('@') : path.length();
        var colon = path.indexOf(':');
        var base = path.substring(0, colon >= 0 && colon < end ? colon : end).replaceAll("[^a-zA-Z0-9_.-]", "");
        return Optional.of(base).filter(word -> NAME.matcher(word).matches()).orElse("container")
                + "-"
                + id.substring(0, 5);
    }

    static String checkedName(String name) {
        var word = name.startsWith("/") ? name.substring(1) : name;
        if (!NAME.matcher(word).matches() || word.length() > LONGEST_NAME) {
            throw new InvalidArgument("invalid container name (" + name
                    + "), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed, and at most " + LONGEST_NAME + " of them");
        }
        return word;
    }
}
