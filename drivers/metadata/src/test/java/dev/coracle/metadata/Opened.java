package dev.coracle.metadata;

import dev.coracle.core.content.BlobFiles;
import dev.coracle.core.events.Event;
import dev.coracle.core.snapshots.SnapshotTrees;
import dev.coracle.core.testkit.CopyingTrees;
import dev.coracle.core.testkit.FolderBlobs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

/// A store in a folder with fakes below it, and a clock that can be moved.
final class Opened implements AutoCloseable {
    final Path root;
    final FolderBlobs blobs;
    final CopyingTrees trees;
    final MetadataStores stores;
    final List<String> collected = new CopyOnWriteArrayList<>();
    private volatile Duration ahead = Duration.ZERO;

    Opened(Path root, boolean isolated) {
        this(root, isolated, files -> files, directories -> directories);
    }

    /// With something between the store and its files.
    Opened(Path root, boolean isolated, UnaryOperator<BlobFiles> onBlobs, UnaryOperator<SnapshotTrees> onTrees) {
        this.root = root;
        this.blobs = new FolderBlobs(root.resolve("content"));
        this.trees = new CopyingTrees(root.resolve("trees"));
        this.stores = MetadataStores.open(new MetadataOptions(
                root.resolve("metadata.db"),
                onBlobs.apply(blobs),
                Map.of("native", () -> onTrees.apply(trees)),
                isolated,
                (namespace, event) -> collected.add(namespace + " " + describe(event)),
                (InstantSource) () -> Instant.now().plus(ahead),
                new Random(),
                Thread.ofVirtual().name("collector").factory()));
    }

    static Opened in(Path root) {
        try {
            return new Opened(Files.createDirectories(root), false);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String describe(Event event) {
        return switch (event) {
            case Event.ImageDeleted(var name) -> "image " + name;
            case Event.SnapshotRemoved(var key, var snapshotter) -> "snapshot " + snapshotter + " " + key;
            default -> event.topic();
        };
    }

    /// Lets time pass.
    void pass(Duration time) {
        ahead = ahead.plus(time);
    }

    @Override
    public void close() {
        stores.close();
    }
}
