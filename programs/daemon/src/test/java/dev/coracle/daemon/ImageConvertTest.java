package dev.coracle.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coracle.base.Digest;
import dev.coracle.base.Platform;
import dev.coracle.core.content.ContentStore;
import dev.coracle.core.testkit.MemoryContent;
import dev.coracle.engine.images.Documents;
import dev.coracle.engine.images.ImageConvert;
import dev.coracle.engine.images.ImageConvert.Packing;
import dev.coracle.layers.TarLayerCodec;
import dev.coracle.oci.Descriptor;
import dev.coracle.oci.Index;
import dev.coracle.oci.Manifest;
import dev.coracle.oci.MediaTypes;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ImageConvertTest {
    private static final Platform HERE = new Platform("linux", "amd64", "");
    private static final byte[] TAR = "not a tar, but nobody looks".repeat(1000).getBytes(StandardCharsets.UTF_8);

    private final ContentStore content = new MemoryContent();
    private final Documents documents = new Documents(content);

    private Descriptor store(String type, byte[] bytes) {
        var digest = Digest.ofBytes(bytes);
        try (var writer = content.writer("w-" + digest, bytes.length, Optional.of(digest))) {
            writer.write(ByteBuffer.wrap(bytes));
            writer.commit(bytes.length, Optional.of(digest), Map.of());
        }
        return new Descriptor(type, digest, bytes.length);
    }

    private Descriptor image() throws IOException {
        var packed = new ByteArrayOutputStream();
        try (var gzip = new TarLayerCodec().packed(MediaTypes.DOCKER_LAYER_GZIP, packed)) {
            gzip.write(TAR);
        }
        var layer = store(MediaTypes.DOCKER_LAYER_GZIP, packed.toByteArray());
        var config = store(MediaTypes.DOCKER_CONFIG, "{}".getBytes(StandardCharsets.UTF_8));
        return store(
                MediaTypes.DOCKER_MANIFEST,
                new Manifest(MediaTypes.DOCKER_MANIFEST, config, List.of(layer), Map.of()).json());
    }

    private Descriptor convert(Descriptor image, Packing packing, boolean oci) {
        return new ImageConvert(content, new TarLayerCodec(), new ImageConvert.Options(List.of(HERE), packing, oci))
                .convert(image);
    }

    private byte[] tarOf(Descriptor layer) throws IOException {
        var blob = new ByteArrayInputStream(documents.read(layer));
        return new TarLayerCodec().plain(layer.mediaType(), blob).readAllBytes();
    }

    @Test
    void layers_become_zstd_with_the_same_tar_inside() throws Exception {
        var converted = convert(image(), Packing.ZSTD, true);
        assertThat(converted.mediaType()).isEqualTo(MediaTypes.OCI_MANIFEST);
        var manifest = Manifest.parse(documents.read(converted));
        var layer = manifest.layers().getFirst();
        assertThat(layer.mediaType()).isEqualTo(MediaTypes.OCI_LAYER_ZSTD);
        assertThat(tarOf(layer)).isEqualTo(TAR);
        assertThat(manifest.config().mediaType()).isEqualTo(MediaTypes.OCI_CONFIG);
        assertThat(content.info(layer.digest()).labels())
                .containsEntry("containerd.io/uncompressed", Digest.ofBytes(TAR).toString());
    }

    @Test
    void plain_layers_stay_dockers_unless_asked() throws Exception {
        var manifest = Manifest.parse(documents.read(convert(image(), Packing.PLAIN, false)));
        assertThat(manifest.layers().getFirst())
                .isEqualTo(new Descriptor(MediaTypes.DOCKER_LAYER, Digest.ofBytes(TAR), TAR.length));
    }

    @Test
    void nothing_to_do_gives_the_same_image() throws Exception {
        var image = image();
        assertThat(convert(image, Packing.AS_THEY_ARE, false)).isEqualTo(image);
    }

    @Test
    void an_index_keeps_the_platforms_that_are_wanted() throws Exception {
        var image = image();
        var mine = new Descriptor(image.mediaType(), image.digest(), image.size(), Map.of(), Optional.of(HERE));
        var other = new Descriptor(
                image.mediaType(),
                image.digest(),
                image.size(),
                Map.of(),
                Optional.of(new Platform("linux", "s390x", "")));
        var index = store(MediaTypes.OCI_INDEX, new Index(MediaTypes.OCI_INDEX, List.of(other, mine), Map.of()).json());
        var converted = Index.parse(documents.read(convert(index, Packing.AS_THEY_ARE, false)));
        assertThat(converted.manifests()).containsExactly(mine);
    }
}
