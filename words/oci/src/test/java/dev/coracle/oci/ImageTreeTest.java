package dev.coracle.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coracle.base.Digest;
import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.base.Platform;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ImageTreeTest {
    private static Descriptor content(String type, int seed) {
        return new Descriptor(type, Digest.ofBytes(new byte[] {(byte) seed}), 1);
    }

    private static Descriptor manifest(int seed, String architecture, String variant) {
        var plain = content(MediaTypes.OCI_MANIFEST, seed);
        return new Descriptor(
                plain.mediaType(),
                plain.digest(),
                1,
                Map.of(),
                Optional.of(new Platform("linux", architecture, variant)));
    }

    @Test
    void children_are_held_by_numbered_labels() {
        var labels = ImageTree.references(List.of(
                content(MediaTypes.OCI_CONFIG, 1),
                content(MediaTypes.OCI_LAYER_GZIP, 2),
                content(MediaTypes.DOCKER_LAYER_GZIP, 3)));
        assertThat(labels.keySet())
                .containsExactly(
                        "containerd.io/gc.ref.content.config",
                        "containerd.io/gc.ref.content.l.0",
                        "containerd.io/gc.ref.content.l.1");
        assertThat(ImageTree.references(List.of(manifest(1, "amd64", ""), manifest(2, "arm64", "")))
                        .keySet())
                .containsExactly("containerd.io/gc.ref.content.m.0", "containerd.io/gc.ref.content.m.1");
    }

    @Test
    void the_best_manifest_for_a_machine_is_chosen() {
        var manifests = List.of(manifest(1, "arm", "v6"), manifest(2, "arm", "v7"), manifest(3, "amd64", ""));
        assertThat(ImageTree.choose(manifests, new Platform("linux", "arm64"))).contains(manifests.get(1));
        assertThat(ImageTree.choose(manifests, new Platform("linux", "s390x"))).isEmpty();
        var silent = List.of(content(MediaTypes.OCI_MANIFEST, 1));
        assertThat(ImageTree.choose(silent, new Platform("linux", "amd64"))).contains(silent.getFirst());
    }

    @Test
    void a_document_of_two_kinds_is_refused() {
        var both =
                "{\"schemaVersion\":2,\"manifests\":[],\"config\":{},\"layers\":[]}".getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> Manifest.parse(both)).isInstanceOf(InvalidArgument.class);
        assertThatThrownBy(() -> Index.parse(both)).isInstanceOf(InvalidArgument.class);
    }

    @Test
    void documents_survive_writing_and_reading() {
        var manifest = new Manifest(
                MediaTypes.OCI_MANIFEST,
                content(MediaTypes.OCI_CONFIG, 1),
                List.of(content(MediaTypes.OCI_LAYER, 2)),
                Map.of("a", "b"));
        assertThat(Manifest.parse(manifest.json())).isEqualTo(manifest);
        var index = new Index(MediaTypes.OCI_INDEX, List.of(manifest(1, "arm", "v7")), Map.of());
        assertThat(Index.parse(index.json())).isEqualTo(index);
    }

    @Test
    void chain_ids_are_those_of_the_specification() {
        var one = Digest.ofBytes(new byte[] {1});
        var two = Digest.ofBytes(new byte[] {2});
        assertThat(ImageConfig.chainIds(List.of(one))).containsExactly(one);
        assertThat(ImageConfig.chainIds(List.of(one, two)))
                .containsExactly(one, Digest.ofBytes((one + " " + two).getBytes(StandardCharsets.US_ASCII)));
        assertThat(ImageConfig.chainId(List.of(one, two)))
                .isEqualTo(ImageConfig.chainIds(List.of(one, two)).getLast());
    }
}
