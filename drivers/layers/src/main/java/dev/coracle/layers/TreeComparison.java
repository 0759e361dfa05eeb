package dev.coracle.layers;

import dev.coracle.layers.ChangeWriter.Place;
import dev.coracle.linux.Device;
import dev.coracle.linux.Directory;
import dev.coracle.linux.FileName;
import dev.coracle.linux.FileStatus;
import dev.coracle.linux.Xattrs;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Walks two trees side by side, names in the order of their bytes, and reports what the upper
/// one has changed. The upper tree is either whole, or the upper directory of an overlay, which
/// holds nothing but changes and says in its own way what was removed.
final class TreeComparison {
    private static final Device WHITEOUT_DEVICE = new Device(0, 0);
    private static final List<String> OPAQUE = List.of("user.overlay.opaque", "trusted.overlay.opaque");

    private final Changes changes;
    private final boolean onlyChanges;

    TreeComparison(Changes changes, boolean onlyChanges) {
        this.changes = changes;
        this.onlyChanges = onlyChanges;
    }

    void compare(@Nullable Directory lower, Directory upper) throws IOException {
        compare(lower, upper, FileName.HERE);
    }

    private void compare(@Nullable Directory lower, Directory upper, FileName path) throws IOException {
        // what a directory lists counts: a FUSE file system may find names that are whited out
        var above = Set.copyOf(upper.list());
        var below = lower == null ? Set.<FileName>of() : Set.copyOf(lower.list());
        var names = new TreeSet<>(above);
        if (!onlyChanges) {
            names.addAll(below);
        }
        for (var name : names) {
            var before = below.contains(name) ? status(lower, name) : Optional.<FileStatus>empty();
            var after = above.contains(name) ? upper.find(name) : Optional.<FileStatus>empty();
            if (after.isEmpty() || (onlyChanges && isWhiteout(after.get()))) {
                if (before.isPresent()) {
                    changes.whiteout(path, name);
                }
                continue;
            }
            var place = new Place(EntryPath.below(path, name), upper, name, after.get());
            if (after.get().isDirectory()) {
                directory(before.isPresent() && before.get().isDirectory() ? lower : null, before, place);
            } else if (lower == null
                    || before.isEmpty()
                    || isChanged(new Place(path, lower, name, before.get()), place)) {
                changes.write(place);
            }
        }
    }

    private static Optional<FileStatus> status(@Nullable Directory directory, FileName name) throws IOException {
        return directory == null ? Optional.empty() : directory.find(name);
    }

    /// @param lower the lower parent when it has a directory of this name
    private void directory(@Nullable Directory lower, Optional<FileStatus> before, Place place) throws IOException {
        try (var inner = place.directory().openDirectory(place.name())) {
            if (lower == null || before.isEmpty()) {
                changes.write(place);
                compare(null, inner, place.path());
                return;
            }
            if (onlyChanges && isOpaque(place)) {
                changes.write(place);
                changes.opaque(place.path());
                compare(null, inner, place.path());
                return;
            }
            var isChanged = isChanged(new Place(place.path(), lower, place.name(), before.get()), place);
            if (isChanged) {
                changes.write(place);
            } else {
                changes.enter(place);
            }
            try (var innerLower = lower.openDirectory(place.name())) {
                compare(innerLower, inner, place.path());
            }
            changes.leave(place);
        }
    }

    private static boolean isWhiteout(FileStatus status) {
        return status.type() == FileStatus.Type.CHARACTER_DEVICE
                && status.special().equals(WHITEOUT_DEVICE);
    }

    private static boolean isOpaque(Place place) throws IOException {
        for (var attribute : OPAQUE) {
            var value = Xattrs.find(place.directory(), place.name(), attribute);
            if (value.isPresent() && Arrays.equals(value.get(), new byte[] {'y'})) {
                return true;
            }
        }
        return false;
    }

    private static boolean isChanged(Place before, Place after) throws IOException {
        var old = before.status();
        var now = after.status();
        if (old.mode() != now.mode()
                || old.owner() != now.owner()
                || old.group() != now.group()
                || !old.special().equals(now.special())) {
            return true;
        }
        if (!now.isDirectory() && (old.size() != now.size() || !old.modified().equals(now.modified()))) {
            return true;
        }
        if (now.type() == FileStatus.Type.SYMLINK
                && !before.directory()
                        .readSymlink(before.name())
                        .equals(after.directory().readSymlink(after.name()))) {
            return true;
        }
        return !equal(ChangeWriter.attributes(before), ChangeWriter.attributes(after));
    }

    private static boolean equal(Map<String, byte[]> one, Map<String, byte[]> other) {
        return one.keySet().equals(other.keySet())
                && one.entrySet().stream()
                        .allMatch(entry -> Arrays.equals(entry.getValue(), other.get(entry.getKey())));
    }
}
