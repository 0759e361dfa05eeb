package dev.coracle.layers;

import dev.coracle.core.mounts.Mount;
import java.util.List;
import java.util.Optional;

/// Finds out whether two sets of mounts are an overlay and the layers it lies upon: then its
/// upper directory is the difference, and nobody needs to walk the rest.
final class OverlayPair {
    private OverlayPair() {}

    /// The upper directory of `upper` when all below it is exactly `lower`.
    static Optional<String> upperDirectory(List<Mount> lower, List<Mount> upper) {
        if (lower.size() != 1 || upper.size() != 1 || !upper.getFirst().type().equals("overlay")) {
            return Optional.empty();
        }
        var layers = option(upper.getFirst(), "lowerdir=");
        return layers.isPresent() && layers.equals(layers(lower.getFirst()))
                ? option(upper.getFirst(), "upperdir=")
                : Optional.empty();
    }

    private static Optional<String> layers(Mount lower) {
        return switch (lower.type()) {
            case "bind" -> Optional.of(lower.source());
            case "overlay" -> option(lower, "upperdir=").isPresent() ? Optional.empty() : option(lower, "lowerdir=");
            default -> Optional.empty();
        };
    }

    private static Optional<String> option(Mount mount, String key) {
        return mount.options().stream()
                .filter(option -> option.startsWith(key))
                .map(option -> option.substring(key.length()))
                .findFirst();
    }
}
