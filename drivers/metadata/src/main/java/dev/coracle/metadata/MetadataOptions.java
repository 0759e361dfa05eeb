package dev.coracle.metadata;

import dev.coracle.core.content.BlobFiles;
import dev.coracle.core.events.Event;
import dev.coracle.core.snapshots.SnapshotTrees;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ThreadFactory;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/// What the store is made of.
///
/// @param file the database; its directory must exist
/// @param blobs the files of content
/// @param snapshotters by name; each is opened when it is first used and may then refuse with
///     the reason why it cannot be used on this machine
/// @param isolated whether namespaces keep their content to themselves, but for those with the
///     label `containerd.io/namespace.shareable`
/// @param collected told, with the namespace, what the garbage collector removed by itself
/// @param threads makes the collector's one thread
public record MetadataOptions(
        Path file,
        BlobFiles blobs,
        Map<String, Supplier<SnapshotTrees>> snapshotters,
        boolean isolated,
        BiConsumer<String, Event> collected,
        InstantSource clock,
        RandomGenerator random,
        ThreadFactory threads,
        CollectionPace pace) {
    public MetadataOptions {
        snapshotters = Map.copyOf(snapshotters);
    }

    /// With the default pace.
    public MetadataOptions(
            Path file,
            BlobFiles blobs,
            Map<String, Supplier<SnapshotTrees>> snapshotters,
            boolean isolated,
            BiConsumer<String, Event> collected,
            InstantSource clock,
            RandomGenerator random,
            ThreadFactory threads) {
        this(file, blobs, snapshotters, isolated, collected, clock, random, threads, CollectionPace.DEFAULT);
    }
}
