package dev.coracle.layers;

import dev.coracle.linux.FileName;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/// What this layer has put into the tree, by paths without links: a whiteout removes what lies
/// below the layer, never what the layer itself brought (image-spec, layer.md, "Whiteouts"). The
/// attributes of directories wait here until nothing is written into them any more.
final class Unpacked {
    private final NavigableMap<FileName, Optional<TarEntry>> paths = new TreeMap<>();

    /// Notes a path, and the directories above it.
    void add(FileName parent, FileName path) {
        addParents(parent);
        paths.put(path, Optional.empty());
    }

    void addDirectory(FileName parent, FileName path, TarEntry entry) {
        addParents(parent);
        paths.put(path, Optional.of(entry));
    }

    private void addParents(FileName parent) {
        var path = parent;
        while (!path.equals(FileName.HERE) && paths.putIfAbsent(path, Optional.empty()) == null) {
            path = above(path);
        }
    }

    private static FileName above(FileName path) {
        var bytes = path.bytes();
        for (var i = bytes.length - 1; i > 0; i--) {
            if (bytes[i] == '/') {
                return FileName.of(Arrays.copyOf(bytes, i));
            }
        }
        return FileName.HERE;
    }

    boolean contains(FileName path) {
        return paths.containsKey(path);
    }

    /// Forgets a path and all beneath it.
    void remove(FileName path) {
        paths.remove(path);
        // '0' follows '/': between the two lies exactly what is beneath
        var bytes = path.bytes();
        var from = Arrays.copyOf(bytes, bytes.length + 1);
        from[bytes.length] = '/';
        var to = Arrays.copyOf(bytes, bytes.length + 1);
        to[bytes.length] = '0';
        paths.subMap(FileName.of(from), FileName.of(to)).clear();
    }

    /// A directory that the layer describes.
    record Described(FileName path, TarEntry entry) {}

    /// The directories, the deepest first.
    List<Described> directories() {
        return paths.descendingMap().entrySet().stream()
                .flatMap(path -> path.getValue().map(entry -> new Described(path.getKey(), entry)).stream())
                .toList();
    }
}
