package dev.coracle.metadata;

import dev.coracle.base.Digest;
import dev.coracle.core.stores.NamespaceStores;
import dev.coracle.core.stores.Scope;
import dev.coracle.core.testkit.Samples;
import dev.coracle.core.testkit.StoresContract;
import dev.coracle.core.types.FieldMask;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntConsumer;

/// Prints how long the store takes for what it does most. `directory`, which must be empty.
public final class BenchMain {
    private BenchMain() {}

    public static void main(String[] arguments) {
        var root = Path.of(arguments[0]);
        var begin = System.nanoTime();
        try (var stores = CrashChildMain.open(root)) {
            say("first open, classes loaded on the way", 1, System.nanoTime() - begin);
            var view = stores.in(Scope.of("bench"));
            var digest = StoresContract.write(view.content(), "x", CrashChildMain.ROOT);
            many("images created, one transaction each", 2000, i -> create(view, digest, i));
            many("labels changed, one transaction each", 2000, i -> label(view, digest, i));
            many(
                    "small blobs written",
                    500,
                    i -> StoresContract.write(view.content(), "blob " + i, CrashChildMain.ROOT));
            many("snapshots prepared", 500, i -> view.snapshotter("native").prepare("s" + i, "", CrashChildMain.ROOT));
            many("images read", 20_000, i -> view.images().get("image " + i % 2000));
            many("lists of 2000 images", 50, _ -> view.images().list(List.of()));
            many("collections over 3000 objects", 20, _ -> stores.collector().collect());
        }
        begin = System.nanoTime();
        try (var _ = CrashChildMain.open(root)) {
            say("open again, 501 blobs", 1, System.nanoTime() - begin);
        }
    }

    private static void create(NamespaceStores view, Digest digest, int i) {
        view.images().create(Samples.image("image " + i, digest), Optional.empty());
    }

    private static void label(NamespaceStores view, Digest digest, int i) {
        view.content().update(digest, Map.of("i", Integer.toString(i)), FieldMask.of("labels.i"));
    }

    private static void many(String what, int times, IntConsumer work) {
        var begin = System.nanoTime();
        for (var i = 0; i < times; i++) {
            work.accept(i);
        }
        say(what, times, System.nanoTime() - begin);
    }

    private static void say(String what, int times, long nanos) {
        var line = String.format("%-40s %8.0f /s  %10.3f ms each%n", what, times * 1e9 / nanos, nanos / 1e6 / times);
        System.out.write(line.getBytes(StandardCharsets.UTF_8), 0, line.length());
        System.out.flush();
    }
}
