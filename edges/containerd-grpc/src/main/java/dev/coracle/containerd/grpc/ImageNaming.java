package dev.coracle.containerd.grpc;

import dev.coracle.base.Digest;
import dev.coracle.containerd.api.types.transfer.ImageReference;
import dev.coracle.containerd.api.types.transfer.ImageStore;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The names that a transfer gives to what it brings, as its destination asks for them: one name,
/// further ones, and by prefixes what an archive calls its images.
record ImageNaming(ImageStore store, Instant now) {
    private static final String IMAGE_NAME = "io.containerd.image.name";
    private static final String REF_NAME = "org.opencontainers.image.ref.name";

    /// A name and the labels of its record.
    record Named(String name, Map<String, String> labels) {}

    /// Names for the whole of what came: the image of a pull, the index of an archive.
    List<Named> whole(Digest digest) {
        var names = new ArrayList<Named>();
        if (!store.getName().isEmpty()) {
            names.add(new Named(store.getName(), store.getLabelsMap()));
        }
        for (var extra : store.getExtraReferencesList()) {
            if (extra.getAddDigest()) {
                names.add(further(extra.getName() + "@" + digest));
            } else if (!extra.getIsPrefix()) {
                names.add(further(extra.getName()));
            }
        }
        return names;
    }

    /// Names for one image of an archive, by its annotations.
    List<Named> annotated(Digest digest, Map<String, String> annotations) {
        var names = new ArrayList<Named>();
        for (var prefix : store.getExtraReferencesList()) {
            if (!prefix.getIsPrefix()) {
                continue;
            }
            var name = name(prefix, annotations);
            if (!name.isEmpty()) {
                names.add(further(name));
            }
            if (prefix.getAddDigest() && (name.isEmpty() || !prefix.getSkipNamedDigest())) {
                names.add(further(prefix.getName() + "@" + digest));
            }
        }
        return names;
    }

    /// Beside a first name, a further one lives only as long as that does.
    private Named further(String name) {
        if (store.getName().isEmpty()) {
            return new Named(name, store.getLabelsMap());
        }
        var labels = new HashMap<>(store.getLabelsMap());
        labels.put("containerd.io/gc.bref.image", store.getName());
        labels.put(
                "containerd.io/gc.expire", now.truncatedTo(ChronoUnit.SECONDS).toString());
        return new Named(name, labels);
    }

    /// A full name is taken as it stands or not at all; OCI's reference name may also be a tag.
    private static String name(ImageReference prefix, Map<String, String> annotations) {
        var full = annotations.getOrDefault(IMAGE_NAME, "");
        if (!full.isEmpty()) {
            return translated(prefix, full).equals(full) ? full : "";
        }
        var reference = annotations.getOrDefault(REF_NAME, "");
        return reference.isEmpty() ? "" : translated(prefix, reference);
    }

    private static String translated(ImageReference prefix, String reference) {
        var base = prefix.getName();
        if (base.isEmpty()) {
            return "";
        }
        if (!reference.matches(".*[/:@].*")) {
            return base + ":" + reference;
        }
        return prefix.getAllowOverwrite() || isUnder(reference, base) ? reference : "";
    }

    private static boolean isUnder(String reference, String base) {
        return reference.startsWith(base)
                && (reference.length() == base.length() || "/:@".indexOf(reference.charAt(base.length())) >= 0);
    }
}
