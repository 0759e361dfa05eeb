package dev.coracle.integration.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;

/// Everything about a tree that a layer must carry, one line per name.
final class Listing {
    private Listing() {}

    static List<String> of(Path root) throws IOException {
        var inodes = new HashMap<Object, Integer>();
        try (Stream<Path> walk = Files.walk(root)) {
            return walk.filter(path -> !path.equals(root))
                    .sorted()
                    .map(path -> line(root, path, inodes))
                    .toList();
        }
    }

    private static String line(Path root, Path path, Map<Object, Integer> inodes) {
        try {
            var all = Files.readAttributes(path, "unix:*", LinkOption.NOFOLLOW_LINKS);
            var directory = Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
            var link = Files.isSymbolicLink(path);
            // a hard link is known by the number of the first name of its inode
            var inode = directory ? -1 : inodes.computeIfAbsent(all.get("ino"), _ -> inodes.size());
            var content = directory || link ? "" : Files.readString(path, StandardCharsets.ISO_8859_1);
            return "%s %o %s:%s %s %s inode=%d %s%s"
                    .formatted(
                            root.relativize(path),
                            (Integer) all.get("mode"),
                            all.get("uid"),
                            all.get("gid"),
                            all.get("lastModifiedTime"),
                            link ? "-> " + Files.readSymbolicLink(path) : content.length() + "#" + content.hashCode(),
                            inode,
                            link ? "" : attributes(path),
                            link || directory ? "" : " blocks");
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static String attributes(Path path) throws IOException {
        var view = Files.getFileAttributeView(path, UserDefinedFileAttributeView.class);
        var text = new StringBuilder();
        for (var name : new TreeSet<>(view.list())) {
            if (!name.startsWith("overlay.") && !name.startsWith("fuseoverlayfs.")) {
                var value = ByteBuffer.allocate(view.size(name));
                view.read(name, value);
                text.append(name).append('=').append(new String(value.array(), StandardCharsets.UTF_8));
            }
        }
        return text.toString();
    }
}
