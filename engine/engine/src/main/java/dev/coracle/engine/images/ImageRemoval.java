package dev.coracle.engine.images;

import dev.coracle.base.EngineException.Conflict;
import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.base.Reference;
import dev.coracle.core.containers.Container;
import dev.coracle.core.images.Image;
import dev.coracle.core.stores.NamespaceStores;
import dev.coracle.engine.images.Images.Removal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// Takes names away, as Docker does: by its name an image loses that name only, by its digest all
/// of them; with the last one it is gone. What a container was made from stays, unless one insists
/// and the container does not run.
final class ImageRemoval {
    private final NamespaceStores stores;
    private final ImageNames names;
    private final Predicate<Container> running;

    ImageRemoval(NamespaceStores stores, ImageNames names, Predicate<Container> running) {
        this.stores = stores;
        this.names = names;
        this.running = running;
    }

    List<Removal> remove(String text, boolean force) {
        var image = names.get(text);
        var all = names.namesOf(image);
        var byName = isNameOf(text, image);
        var doomed = byName ? List.of(image) : all;
        if (!byName && all.size() > 1 && !force) {
            throw new Conflict("remove image " + text + ": it has " + all.size() + " names")
                    .remedy("remove it by name, or all of them by force (-f)");
        }
        var removals = new ArrayList<Removal>();
        doomed.forEach(one -> checkUse(one, text, force, all.size() == doomed.size()));
        for (var one : doomed) {
            drop(one, removals);
        }
        if (doomed.size() == all.size()) {
            removals.add(new Removal(image.target().digest().toString(), false));
        }
        return removals;
    }

    private static boolean isNameOf(String text, Image image) {
        if (text.equals(image.name())) {
            return true;
        }
        try {
            return Reference.parse(text).withDefaultTag().toString().equals(image.name());
        } catch (InvalidArgument noName) {
            return false;
        }
    }

    /// A container holds its image by name. A further name of the same image may go.
    private void checkUse(Image image, String text, boolean force, boolean last) {
        for (var container : users(image)) {
            if (running.test(container) && last) {
                throw new Conflict("remove image " + text + ": running container " + brief(container)
                                + " uses it, which cannot be forced")
                        .remedy("stop and remove the container first");
            }
            if (!force) {
                throw new Conflict("remove image " + text + ": container " + brief(container) + " uses it")
                        .remedy("remove the container first, or insist (-f)");
            }
        }
    }

    private static String brief(Container container) {
        return container.id().length() > 12 ? container.id().substring(0, 12) : container.id();
    }

    List<Container> users(Image image) {
        return stores.containers().list(List.of()).stream()
                .filter(container -> container.image().equals(image.name()))
                .toList();
    }

    void drop(Image image, List<Removal> removals) {
        try {
            stores.images().delete(image.name(), Optional.of(image.target().digest()));
            if (!ImageView.isDangling(image.name())) {
                removals.add(new Removal(image.name(), true));
            }
        } catch (NotFound goneMeanwhile) {
            // somebody else was quicker
        }
    }
}
