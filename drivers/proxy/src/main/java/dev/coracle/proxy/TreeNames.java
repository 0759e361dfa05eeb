package dev.coracle.proxy;

import dev.coracle.base.EngineException.DataLoss;
import dev.coracle.base.FileFailures;
import java.io.IOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/// Which of the peer's snapshots are ours, and by which numbers: one small file for each, written before the peer is
/// asked to make anything, so that nothing of ours can be forgotten there. The peer may have other clients.
final class TreeNames {
    /// A snapshot of the peer.
    ///
    /// @param key its name there while it is active; empty for one that the peer made by itself
    /// @param name its name there once it is committed; before that it is empty
    /// @param parent our number of its parent, 0 for none
    /// @param doomed nobody wants it any more, but others still stand upon it
    record Tree(String namespace, String key, String name, long parent, boolean doomed) {
        String current() {
            return name.isEmpty() ? key : name;
        }

        Tree named(String committed) {
            return new Tree(namespace, key, committed, parent, doomed);
        }

        Tree asDoomed() {
            return new Tree(namespace, key, name, parent, true);
        }
    }

    private static final Pattern NUMBER = Pattern.compile("[1-9][0-9]{0,17}");
    private static final int LINES = 5;

    private final Path folder;
    private final Map<Long, Tree> trees = new ConcurrentHashMap<>();

    private TreeNames(Path folder) {
        this.folder = folder;
    }

    static TreeNames open(Path folder) {
        var names = new TreeNames(folder);
        try {
            Files.createDirectories(folder);
            try (var files = Files.newDirectoryStream(folder)) {
                for (var file : files) {
                    var number = file.getFileName().toString();
                    if (NUMBER.matcher(number).matches()) {
                        names.trees.put(Long.valueOf(number), read(file));
                    } else {
                        Files.delete(file); // half written
                    }
                }
            }
        } catch (IOException e) {
            throw FileFailures.of("read the names of snapshots in " + folder, e);
        }
        return names;
    }

    private static Tree read(Path file) throws IOException {
        var lines = Files.readAllLines(file);
        if (lines.size() != LINES || !lines.get(3).matches("[0-9]{1,18}")) {
            throw new DataLoss("read " + file + ": it has " + lines.size() + " lines that do not name a snapshot")
                    .remedy("remove the file; the snapshot stays with the plugin");
        }
        return new Tree(
                decoded(lines.get(0)),
                decoded(lines.get(1)),
                decoded(lines.get(2)),
                Long.parseLong(lines.get(3)),
                Boolean.parseBoolean(lines.get(4)));
    }

    private static String decoded(String line) {
        return URLDecoder.decode(line, StandardCharsets.UTF_8);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    Optional<Tree> find(long id) {
        return Optional.ofNullable(trees.get(id));
    }

    Map<Long, Tree> all() {
        return Map.copyOf(trees);
    }

    void put(long id, Tree tree) {
        var file = folder.resolve(Long.toString(id));
        var half = folder.resolve(id + ".new");
        var text = String.join(
                "\n",
                List.of(
                        encoded(tree.namespace()),
                        encoded(tree.key()),
                        encoded(tree.name()),
                        Long.toString(tree.parent()),
                        Boolean.toString(tree.doomed()),
                        ""));
        try {
            try (var channel = FileChannel.open(
                    half, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
                channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
                channel.force(true);
            }
            Files.move(half, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw FileFailures.of("remember the name of snapshot " + tree.current(), e);
        }
        trees.put(id, tree);
    }

    void remove(long id) {
        try {
            Files.deleteIfExists(folder.resolve(Long.toString(id)));
        } catch (IOException e) {
            throw FileFailures.of("forget the name of snapshot " + id, e);
        }
        trees.remove(id);
    }
}
