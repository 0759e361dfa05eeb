package dev.coracle.engine.containers;

import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.base.EngineException.Unavailable;
import dev.coracle.base.Platform;
import dev.coracle.base.Reference;
import dev.coracle.core.registry.RegistryAccess;
import dev.coracle.core.stores.NamespaceStores;
import dev.coracle.engine.images.ImageDetails;
import dev.coracle.engine.images.Images;
import dev.coracle.engine.images.PullListener;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Images for containers. What was found ready once is known by its digest: then a container costs one look at the
/// name and one at the snapshot.
public final class ReadyImages implements ContainerImages {
    private static final int REMEMBERED = 128;

    private final Images images;
    private final NamespaceStores stores;
    private final String snapshotter;
    private final Platform host;
    private final Map<String, ContainerImage> ready = new LinkedHashMap<>();

    public ReadyImages(Images images, NamespaceStores stores, String snapshotter, Platform host) {
        this.images = images;
        this.stores = stores;
        this.snapshotter = snapshotter;
        this.host = host;
    }

    @Override
    public ContainerImage prepare(String image, ImageUse use, CreateProgress progress) {
        if (use.pull() == ImageUse.Pull.ALWAYS) {
            pull(image, progress);
        }
        var known = known(image, use);
        if (known.isPresent()) {
            return known.get();
        }
        if (images.find(image).isEmpty()) {
            if (use.pull() == ImageUse.Pull.NEVER) {
                throw new NotFound("no such image: " + image);
            }
            pull(image, progress);
        }
        return unpacked(image, use);
    }

    private void pull(String image, CreateProgress progress) {
        progress.pulling(image);
        try {
            images.pull(Reference.parse(image), images.pullOptions(RegistryAccess.ANONYMOUS), PullListener.NONE);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new Unavailable("pull " + image + ": interrupted", stop);
        }
    }

    private Optional<ContainerImage> known(String image, ImageUse use) {
        try {
            var name = Reference.parse(image).withDefaultTag().toString();
            var target = stores.images().get(name).target().digest();
            Optional<ContainerImage> found;
            synchronized (ready) {
                found = Optional.ofNullable(ready.get(key(target.toString(), use)));
            }
            if (found.isPresent() && !found.get().snapshot().isEmpty()) {
                stores.snapshotter(snapshotter).stat(found.get().snapshot());
            }
            return found.map(
                    one -> new ContainerImage(name, one.id(), one.config(), one.snapshotter(), one.snapshot()));
        } catch (NotFound | InvalidArgument otherwise) {
            return Optional.empty();
        }
    }

    private static String key(String target, ImageUse use) {
        return target + " " + use.platform();
    }

    private ContainerImage unpacked(String image, ImageUse use) {
        try {
            var platform = use.platform().isEmpty()
                    ? Optional.<Platform>empty()
                    : Optional.of(Platform.parse(use.platform(), host));
            var details = images.ready(image, platform, snapshotter);
            var made = container(details);
            synchronized (ready) {
                if (ready.size() >= REMEMBERED) {
                    ready.clear();
                }
                ready.put(key(details.image().target().digest().toString(), use), made);
            }
            return made;
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new Unavailable("unpack " + image + ": interrupted", stop);
        }
    }

    private ContainerImage container(ImageDetails details) {
        return new ContainerImage(
                details.image().name(),
                details.manifest().config().digest().toString(),
                details.config(),
                snapshotter,
                details.chainId());
    }
}
