package dev.coracle.layers;

import dev.coracle.linux.FileName;
import java.util.ArrayList;
import java.util.List;

/// The name of an entry, cleaned: relative to the root whether it was written absolute or not,
/// without empty parts and dots. `..` is taken back word by word, before any symbolic link is
/// looked at, as every engine does; one that would climb above the root is refused.
record EntryPath(List<FileName> segments) {
    private static final int LONGEST = 4095;

    static EntryPath of(FileName name) throws TarException {
        if (name.bytes().length > LONGEST) {
            throw new TarException("the name is longer than " + LONGEST + " bytes");
        }
        var segments = new ArrayList<FileName>();
        for (var segment : name.segments()) {
            if (segment.isSingle()) {
                segments.add(segment);
            } else if (segments.isEmpty()) {
                throw new TarException("the path \"" + name + "\" leads out of the root");
            } else {
                segments.removeLast();
            }
        }
        return new EntryPath(List.copyOf(segments));
    }

    boolean isRoot() {
        return segments.isEmpty();
    }

    /// The last name; the root has none.
    FileName last() {
        return segments.getLast();
    }

    List<FileName> parent() {
        return segments.subList(0, segments.size() - 1);
    }

    /// A path beneath another, of which [FileName#HERE] is the root.
    static FileName below(FileName parent, FileName name) {
        return parent.equals(FileName.HERE) ? name : parent.resolve(name);
    }

    static FileName joined(List<FileName> segments) {
        var path = FileName.HERE;
        for (var segment : segments) {
            path = below(path, segment);
        }
        return path;
    }
}
