package dev.coracle.metadata;

import dev.coracle.content.DirectoryBlobs;
import dev.coracle.core.stores.NamespaceStores;
import dev.coracle.core.stores.Scope;
import dev.coracle.core.testkit.CopyingTrees;
import dev.coracle.core.testkit.Samples;
import dev.coracle.core.testkit.StoresContract;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/// Works on a store until it is killed. Says `did` after, and `will` before, what it does, so
/// that its parent knows what must be there and what may be.
public final class CrashChildMain {
    static final Map<String, String> ROOT = Map.of("containerd.io/gc.root", "1");

    private CrashChildMain() {}

    static MetadataStores open(Path root) {
        return MetadataStores.open(new MetadataOptions(
                root.resolve("metadata.db"),
                DirectoryBlobs.open(root.resolve("content")),
                Map.of("native", () -> new CopyingTrees(root.resolve("trees"))),
                false,
                (_, _) -> {},
                InstantSource.system(),
                new Random(),
                Thread.ofPlatform().daemon().name("collector").factory()));
    }

    /// `root round seed`.
    public static void main(String[] arguments) throws InterruptedException {
        var stores = open(Path.of(arguments[0]));
        var threads = new ArrayList<Thread>();
        for (var worker = 0; worker < 3; worker++) {
            var name = "r" + arguments[1] + "w" + worker;
            var random = new Random(Long.parseLong(arguments[2]) + worker);
            threads.add(Thread.ofPlatform().start(() -> work(stores, name, random)));
        }
        for (var thread : threads) {
            thread.join();
        }
    }

    private static void work(MetadataStores stores, String worker, Random random) {
        var view = stores.in(Scope.of("testing"));
        for (var i = 0; i < 100_000; i++) {
            var id = worker + "-" + i;
            switch (random.nextInt(5)) {
                case 0 -> content(view, id, random.nextBoolean());
                case 1 -> snapshot(view, id, random.nextBoolean());
                case 2 -> image(view, id);
                case 3 -> ingest(view, id);
                default -> stores.collector().collect();
            }
        }
    }

    private static void content(NamespaceStores view, String id, boolean andDelete) {
        var digest = StoresContract.write(view.content(), id, ROOT);
        say("did", "content", digest.toString());
        if (andDelete) {
            say("will", "content", digest.toString());
            view.content().delete(digest);
            say("gone", "content", digest.toString());
        }
    }

    private static void snapshot(NamespaceStores view, String id, boolean andRemove) {
        var snapshots = view.snapshotter("native");
        snapshots.prepare("making-" + id, "", ROOT);
        say("did", "snapshot", "making-" + id);
        say("will", "snapshot", "making-" + id);
        snapshots.commit(id, "making-" + id, ROOT);
        say("gone", "snapshot", "making-" + id);
        say("did", "snapshot", id);
        snapshots.prepare("child-" + id, id, ROOT);
        say("did", "snapshot", "child-" + id);
        if (andRemove) {
            say("will", "snapshot", "child-" + id);
            snapshots.remove("child-" + id);
            say("gone", "snapshot", "child-" + id);
        }
    }

    private static void image(NamespaceStores view, String id) {
        view.images()
                .create(Samples.image(id, StoresContract.write(view.content(), "of " + id, ROOT)), Optional.empty());
        say("did", "image", id);
    }

    private static void ingest(NamespaceStores view, String id) {
        try (var writer = view.content().writer(id, 0, Optional.empty())) {
            writer.write(java.nio.ByteBuffer.wrap(new byte[100]));
        }
        if (List.of(1, 2).contains(id.length() % 3)) {
            view.content().abort(id);
        }
    }

    private static synchronized void say(String... words) {
        System.out.println(String.join(" ", words));
        System.out.flush();
    }
}
