package dev.coracle.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coracle.core.stores.Scope;
import dev.coracle.core.testkit.StoresContract;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SmokeTest {
    @Test
    void smoke(@TempDir Path root) {
        try (var opened = Opened.in(root)) {
            var view = opened.stores.in(Scope.of("testing"));
            var digest = StoresContract.write(view.content(), "hello", Map.of("containerd.io/gc.root", "x"));
            var second = StoresContract.write(view.content(), "other", Map.of());
            view.snapshotter("native").prepare("a", "", Map.of("containerd.io/gc.root", "x"));
            view.snapshotter("native").commit("b", "a", Map.of("containerd.io/gc.root", "x"));
            view.snapshotter("native").view("c", "b", Map.of());
            opened.stores.collector().collect();
            assertThat(opened.blobs.blobs()).containsExactly(digest).doesNotContain(second);
            assertThat(opened.trees.ids()).hasSize(1);
            view.content().delete(digest);
            opened.stores.collector().collect();
            assertThat(opened.blobs.blobs()).isEmpty();
        }
    }
}
