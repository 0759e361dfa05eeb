package dev.coracle.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coracle.base.Digest;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.core.content.ContentStore;
import dev.coracle.core.stores.Scope;
import dev.coracle.core.testkit.StoresContract;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Content under the policy `isolated`, and blobs between namespaces and the collector.
class SharingTest {
    private static final Map<String, String> ROOT = Map.of("containerd.io/gc.root", "1");

    private static long offered(ContentStore content, Digest digest) {
        try (var writer = content.writer("ref", 0, Optional.of(digest))) {
            return writer.status().offset();
        } finally {
            content.abort("ref");
        }
    }

    @Test
    void isolated_namespaces_write_every_byte_themselves(@TempDir Path root) {
        try (var opened = new Opened(root, true)) {
            var digest = StoresContract.write(opened.stores.in(Scope.of("one")).content(), "text", ROOT);
            var two = opened.stores.in(Scope.of("two")).content();
            assertThat(offered(two, digest)).isZero();
            assertThat(StoresContract.write(two, "text", ROOT)).isEqualTo(digest);
        }
    }

    @Test
    void a_namespace_can_be_made_shareable(@TempDir Path root) {
        try (var opened = new Opened(root, true)) {
            opened.stores.namespaces().create("open", Map.of("containerd.io/namespace.shareable", "true"));
            opened.stores.namespaces().create("closed", Map.of("containerd.io/namespace.shareable", "false"));
            var shared = StoresContract.write(opened.stores.in(Scope.of("open")).content(), "shared", ROOT);
            var secret =
                    StoresContract.write(opened.stores.in(Scope.of("closed")).content(), "secret", ROOT);
            var other = opened.stores.in(Scope.of("other")).content();
            assertThat(offered(other, shared)).isEqualTo(6);
            assertThat(offered(other, secret)).isZero();
        }
    }

    @Test
    void a_blob_stays_while_one_namespace_has_it_or_is_about_to(@TempDir Path root) {
        try (var opened = Opened.in(root)) {
            var one = opened.stores.in(Scope.of("one")).content();
            var two = opened.stores.in(Scope.of("two")).content();
            var digest = StoresContract.write(one, "text", ROOT);
            try (var writer = two.writer("ref", 0, Optional.of(digest))) {
                one.delete(digest);
                opened.stores.collector().collect();
                assertThat(opened.blobs.exists(digest)).isTrue();
                writer.commit(4, Optional.of(digest), ROOT);
            }
            opened.stores.collector().collect();
            assertThat(opened.blobs.exists(digest)).isTrue();
            two.delete(digest);
            opened.stores.collector().collect();
            assertThat(opened.blobs.exists(digest)).isFalse();
        }
    }

    @Test
    void a_shared_ingest_that_is_given_up_lets_the_blob_go(@TempDir Path root) {
        try (var opened = Opened.in(root)) {
            var one = opened.stores.in(Scope.of("one")).content();
            var two = opened.stores.in(Scope.of("two")).content();
            var digest = StoresContract.write(one, "text", ROOT);
            two.writer("ref", 0, Optional.of(digest)).close();
            one.delete(digest);
            opened.stores.collector().collect();
            assertThat(opened.blobs.exists(digest)).isTrue();
            two.abort("ref");
            opened.stores.collector().collect();
            assertThat(opened.blobs.exists(digest)).isFalse();
            assertThatThrownBy(() -> two.info(digest)).isInstanceOf(NotFound.class);
        }
    }
}
