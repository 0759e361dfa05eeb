package dev.coracle.engine.images;

import dev.coracle.base.Digest;
import dev.coracle.base.EngineException;
import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.base.Platform;
import dev.coracle.base.Reference;
import dev.coracle.core.images.Image;
import dev.coracle.core.stores.NamespaceStores;
import dev.coracle.oci.MediaTypes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/// Finds the image that a person means: by name, or by the beginning of a digest.
final class ImageNames {
    private static final String SHA256 = "sha256:";

    private final NamespaceStores stores;
    private final Documents documents;
    private final Platform host;

    ImageNames(NamespaceStores stores, Platform host) {
        this.stores = stores;
        this.host = host;
        documents = new Documents(stores.content());
    }

    /// @throws NotFound when there is none
    Image get(String text) {
        return find(text).orElseThrow(() -> new NotFound("no such image: " + text));
    }

    /// A name counts before a digest of the same letters.
    Optional<Image> find(String text) {
        return stored(text).or(() -> named(text)).or(() -> byDigest(text));
    }

    private Optional<Image> stored(String name) {
        try {
            return Optional.of(stores.images().get(name));
        } catch (NotFound | InvalidArgument absent) {
            return Optional.empty();
        }
    }

    /// A name with a digest means the name's image when that has the digest, or any image of the
    /// repository with it.
    private Optional<Image> named(String text) {
        Reference reference;
        try {
            reference = Reference.parse(text).withDefaultTag();
        } catch (InvalidArgument noName) {
            return Optional.empty();
        }
        var found = stored(reference.toString());
        if (found.isPresent() || reference.digest().isEmpty()) {
            return found;
        }
        var digest = reference.digest().get();
        return stores.images().list(List.of()).stream()
                .filter(image -> image.target().digest().equals(digest) && repository(image, reference))
                .findFirst();
    }

    private static boolean repository(Image image, Reference reference) {
        try {
            return Reference.parse(image.name()).name().equals(reference.name());
        } catch (InvalidArgument nameless) {
            return false;
        }
    }

    private Optional<Image> byDigest(String text) {
        var hex = (text.startsWith(SHA256) ? text.substring(SHA256.length()) : text).toLowerCase(Locale.ROOT);
        if (!hex.matches("[0-9a-f]{1,64}")) {
            return Optional.empty();
        }
        var matches = stores.images().list(List.of()).stream()
                .filter(image -> digests(image).anyMatch(digest -> digest.hex().startsWith(hex)))
                .toList();
        if (matches.stream().map(image -> image.target().digest()).distinct().count() > 1) {
            throw new InvalidArgument("image \"" + text + "\": several images begin so")
                    .remedy("give more digits of the digest");
        }
        return matches.stream().findFirst();
    }

    /// The digests that an image is known by: its target's, and its configuration's for this
    /// machine.
    private Stream<Digest> digests(Image image) {
        var known = new ArrayList<>(List.of(image.target().digest()));
        try {
            var target = ImageViews.oci(image.target());
            if (MediaTypes.isManifest(target.mediaType()) || MediaTypes.isIndex(target.mediaType())) {
                var manifest = documents.manifestFor(target, host);
                known.add(manifest.digest());
                known.add(dev.coracle.oci.Manifest.parse(documents.read(manifest))
                        .config()
                        .digest());
            }
        } catch (EngineException incomplete) {
            // then it is known by its target only
        }
        return known.stream();
    }

    /// Every name of the same target.
    List<Image> namesOf(Image image) {
        return stores.images().list(List.of()).stream()
                .filter(other -> other.target().digest().equals(image.target().digest()))
                .toList();
    }
}
