package dev.coracle.integration.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import dev.coracle.containerd.api.content.ContentGrpc;
import dev.coracle.containerd.api.content.InfoRequest;
import dev.coracle.containerd.api.content.ReadContentRequest;
import dev.coracle.containerd.api.diff.ApplyRequest;
import dev.coracle.containerd.api.diff.DiffGrpc;
import dev.coracle.containerd.api.diff.DiffGrpc.DiffBlockingStub;
import dev.coracle.containerd.api.diff.DiffRequest;
import dev.coracle.containerd.api.types.Descriptor;
import dev.coracle.containerd.api.types.Mount;
import dev.coracle.integration.ImageFiles;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

class DiffOverTheWire extends OverTheWire {
    private static final String TAR = "application/vnd.oci.image.layer.v1.tar";
    private static final String UNCOMPRESSED = "containerd.io/uncompressed";

    private final DiffBlockingStub differ = held(DiffGrpc.newBlockingStub(channel));

    private static Mount bind(Path source, String access) {
        return Mount.newBuilder()
                .setType("bind")
                .setSource(source.toString())
                .addOptions(access)
                .addOptions("rbind")
                .build();
    }

    private Descriptor put(String mediaType, byte[] bytes) throws Exception {
        var digest = ContentOverTheWire.put(held(ContentGrpc.newStub(channel)), ByteString.copyFrom(bytes), Map.of());
        return Descriptor.newBuilder()
                .setMediaType(mediaType)
                .setDigest(digest)
                .setSize(bytes.length)
                .build();
    }

    private Descriptor apply(Descriptor layer, Path target) {
        return differ.apply(ApplyRequest.newBuilder()
                        .setDiff(layer)
                        .addMounts(bind(target, "rw"))
                        .build())
                .getApplied();
    }

    @Test
    void layers_are_unpacked_and_described_as_they_are_unpacked() throws Exception {
        var tar = new ImageFiles.Tar().file("file", "content").toBytes();
        var gzip = put(TAR + "+gzip", ImageFiles.gzip(tar));
        for (var layer : List.of(
                put(TAR, tar),
                gzip,
                gzip.toBuilder()
                        .setMediaType("application/vnd.docker.image.rootfs.diff.tar.gzip")
                        .build())) {
            var target = Files.createTempDirectory("wire");

            var applied = apply(layer, target);

            assertThat(target.resolve("file")).hasContent("content");
            assertThat(applied.getMediaType()).isEqualTo(TAR);
            assertThat(applied.getDigest()).isEqualTo(ImageFiles.digest(tar));
            assertThat(applied.getSize()).isEqualTo(tar.length);
        }
    }

    @Test
    void a_layer_that_is_not_there_is_missing() throws Exception {
        var target = Files.createTempDirectory("wire");
        var absent = Descriptor.newBuilder()
                .setMediaType(TAR)
                .setDigest(digest(ByteString.EMPTY))
                .setSize(3);

        isMissing(() -> apply(absent.build(), target));
    }

    @Test
    @ContainerdDiffers("what nobody can unpack leaves as UNKNOWN")
    void what_is_no_layer_is_not_implemented() throws Exception {
        var target = Files.createTempDirectory("wire");
        var text = put("text/plain", "no layer".getBytes(StandardCharsets.UTF_8));
        fails(Status.Code.UNIMPLEMENTED, "", () -> apply(text, target));
    }

    @Test
    void what_two_trees_differ_by_becomes_a_layer() throws Exception {
        var lower = Files.createTempDirectory("wire");
        var upper = Files.createTempDirectory("wire");
        Files.writeString(lower.resolve("gone"), "gone");
        Files.writeString(upper.resolve("new"), "new");

        var made = diff(lower, upper, DiffRequest.newBuilder().putLabels("k", "v"));

        assertThat(made.getMediaType()).isEqualTo(TAR + "+gzip");
        var bytes = read(made.getDigest());
        assertThat(made.getSize()).isEqualTo(bytes.length);
        var tar = new GZIPInputStream(new ByteArrayInputStream(bytes)).readAllBytes();
        assertThat(new String(tar, StandardCharsets.ISO_8859_1)).contains("new", ".wh.gone");
        var labels = held(ContentGrpc.newBlockingStub(channel))
                .info(InfoRequest.newBuilder().setDigest(made.getDigest()).build())
                .getInfo()
                .getLabelsMap();
        assertThat(labels).containsEntry("k", "v").containsEntry(UNCOMPRESSED, ImageFiles.digest(tar));
    }

    @Test
    void the_form_of_a_layer_is_the_callers_choice() throws Exception {
        var lower = Files.createTempDirectory("wire");
        var upper = Files.createTempDirectory("wire");
        Files.writeString(upper.resolve("new"), "new");

        var plain = diff(lower, upper, DiffRequest.newBuilder().setMediaType(TAR));
        assertThat(plain.getMediaType()).isEqualTo(TAR);
        assertThat(new String(read(plain.getDigest()), StandardCharsets.ISO_8859_1))
                .contains("ustar");
        fails(
                Status.Code.UNIMPLEMENTED,
                "",
                () -> diff(lower, upper, DiffRequest.newBuilder().setMediaType("text/plain")));
    }

    @Test
    @Since("1.7")
    void times_are_clamped_to_the_builds() throws Exception {
        var lower = Files.createTempDirectory("wire");
        var upper = Files.createTempDirectory("wire");
        Files.writeString(lower.resolve("gone"), "gone");
        Files.writeString(upper.resolve("new"), "new");
        var epoch = Timestamp.newBuilder().setSeconds(1_000_000_000);
        var request = DiffRequest.newBuilder().setMediaType(TAR).setSourceDateEpoch(epoch);

        var first = diff(lower, upper, request);
        Files.setLastModifiedTime(
                upper.resolve("new"), FileTime.from(Instant.now().plus(Duration.ofDays(1))));

        assertThat(diff(lower, upper, request).getDigest())
                .as("the same, whenever it is made")
                .isEqualTo(first.getDigest());
    }

    @Test
    void a_namespace_is_required() {
        var none = DiffGrpc.newBlockingStub(channel);
        var layer = Descriptor.newBuilder().setMediaType(TAR).setDigest(digest(ByteString.EMPTY));

        needsNamespace(() -> none.apply(ApplyRequest.newBuilder().setDiff(layer).build()));
    }

    private Descriptor diff(Path lower, Path upper, DiffRequest.Builder request) {
        return differ.diff(request.clone()
                        .addLeft(bind(lower, "ro"))
                        .addRight(bind(upper, "ro"))
                        .build())
                .getDiff();
    }

    private byte[] read(String digest) {
        var bytes = new ByteArrayOutputStream();
        held(ContentGrpc.newBlockingStub(channel))
                .read(ReadContentRequest.newBuilder().setDigest(digest).build())
                .forEachRemaining(answer -> bytes.writeBytes(answer.getData().toByteArray()));
        return bytes.toByteArray();
    }
}
