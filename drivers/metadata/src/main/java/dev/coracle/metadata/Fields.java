package dev.coracle.metadata;

import dev.coracle.base.Filter;
import dev.coracle.core.containers.Container;
import dev.coracle.core.content.ContentInfo;
import dev.coracle.core.content.IngestStatus;
import dev.coracle.core.images.Image;
import dev.coracle.core.leases.Lease;
import dev.coracle.core.snapshots.SnapshotInfo;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// What a filter can ask of each noun.
final class Fields {
    private Fields() {}

    static Filter.Fields of(Image image) {
        return path -> switch (path.getFirst()) {
            case "name" -> only(path, image.name());
            case "target" ->
                path.size() != 2
                        ? Optional.empty()
                        : switch (path.get(1)) {
                            case "digest" -> filled(image.target().digest().toString());
                            case "mediatype" -> filled(image.target().mediaType());
                            default -> Optional.empty();
                        };
            case "labels" -> Filter.label(image.labels(), path);
            case "annotations" -> Filter.label(image.target().annotations(), path);
            default -> Optional.empty();
        };
    }

    static Filter.Fields of(Container container) {
        return path -> switch (path.getFirst()) {
            case "id" -> only(path, container.id());
            case "image" -> only(path, container.image());
            case "runtime" ->
                path.equals(List.of("runtime", "name"))
                        ? filled(container.runtime().name())
                        : Optional.empty();
            case "labels" -> Filter.label(container.labels(), path);
            default -> Optional.empty();
        };
    }

    static Filter.Fields of(ContentInfo info) {
        return path -> switch (path.getFirst()) {
            case "digest" -> only(path, info.digest().toString());
            case "labels" -> Filter.label(info.labels(), path);
            default -> Optional.empty();
        };
    }

    static Filter.Fields of(IngestStatus status) {
        return path -> path.getFirst().equals("ref") ? only(path, status.ref()) : Optional.empty();
    }

    static Filter.Fields of(SnapshotInfo info) {
        return path -> switch (path.getFirst()) {
            case "kind" -> only(path, info.kind().name().toLowerCase(Locale.ROOT));
            case "name" -> only(path, info.name());
            // always there, so that `parent!=""` means those that have one
            case "parent" -> path.size() == 1 ? Optional.of(info.parent()) : Optional.empty();
            case "labels" -> Filter.label(info.labels(), path);
            default -> Optional.empty();
        };
    }

    static Filter.Fields of(Lease lease) {
        return path -> switch (path.getFirst()) {
            case "id" -> only(path, lease.id());
            case "labels" -> Filter.label(lease.labels(), path);
            default -> Optional.empty();
        };
    }

    private static Optional<String> only(List<String> path, String value) {
        return path.size() == 1 ? filled(value) : Optional.empty();
    }

    /// An empty field counts as absent.
    private static Optional<String> filled(String value) {
        return value.isEmpty() ? Optional.empty() : Optional.of(value);
    }
}
