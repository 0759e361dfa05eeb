package dev.coracle.integration.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Timestamp;
import dev.coracle.containerd.api.images.CreateImageRequest;
import dev.coracle.containerd.api.images.DeleteImageRequest;
import dev.coracle.containerd.api.images.GetImageRequest;
import dev.coracle.containerd.api.images.Image;
import dev.coracle.containerd.api.images.ImagesGrpc;
import dev.coracle.containerd.api.images.ImagesGrpc.ImagesBlockingStub;
import dev.coracle.containerd.api.images.ListImagesRequest;
import dev.coracle.containerd.api.images.UpdateImageRequest;
import dev.coracle.containerd.api.types.Descriptor;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ImagesOverTheWire extends OverTheWire {
    private static final String DIGEST = "sha256:" + "a".repeat(64);
    private static final String OTHER = "sha256:" + "b".repeat(64);

    private final ImagesBlockingStub images = in(ImagesGrpc.newBlockingStub(channel));

    static Image image(String name) {
        return Image.newBuilder()
                .setName(name)
                .setTarget(Descriptor.newBuilder()
                        .setMediaType("application/vnd.oci.image.manifest.v1+json")
                        .setDigest(DIGEST)
                        .setSize(7))
                .build();
    }

    @Test
    void what_was_created_is_returned_as_it_was() {
        var wanted = image("any name/at all:1").toBuilder().putLabels("k", "v").build();
        var before = Instant.now();

        var created = create(wanted);

        assertThat(created.getTarget()).isEqualTo(wanted.getTarget());
        assertThat(created.getLabelsMap()).isEqualTo(Map.of("k", "v"));
        assertThat(instant(created.getCreatedAt())).isBetween(before.minusMillis(20), Instant.now());
        assertThat(created.getUpdatedAt()).isEqualTo(created.getCreatedAt());
        assertThat(get(wanted.getName())).isEqualTo(created);
        exists(() -> create(wanted));
        isMissing(() -> get("nobody"));
    }

    @Test
    void an_image_needs_a_name_and_a_whole_target() {
        var target = image("i").getTarget().toBuilder();

        refuses("", () -> create(image("")));
        refuses(
                "",
                () -> create(Image.newBuilder()
                        .setName("i")
                        .setTarget(Descriptor.getDefaultInstance())
                        .build()));
        for (var bad : List.of(
                target.clone().clearMediaType(),
                target.clone().setDigest("sha256:short"),
                target.clone().clearDigest(),
                target.clone().setSize(0),
                target.clone().setSize(-1))) {
            refuses("", () -> create(image("i").toBuilder().setTarget(bad).build()));
        }
    }

    @Test
    void labels_have_a_longest_length() {
        refuses(
                "label",
                () -> create(image("i").toBuilder().putAllLabels(labelsOf(4097)).build()));
        create(image("i").toBuilder().putAllLabels(labelsOf(4096)).build());
    }

    @Test
    void lists_are_filtered_by_name_target_and_labels() {
        create(image("a"));
        create(image("b").toBuilder()
                .putLabels("k.x", "v")
                .setTarget(image("b").getTarget().toBuilder().setDigest(OTHER))
                .build());

        assertThat(list()).containsExactly("a", "b");
        assertThat(list("name==b", "name==c")).containsExactly("b");
        assertThat(list("target.digest==" + OTHER + ", labels.\"k.x\"==v")).containsExactly("b");
        assertThat(list("labels.k.x")).containsExactly("b");
        assertThat(list("labels.k.x!=v")).containsExactly("a");
        assertThat(list("target.mediatype~=/manifest.v1/")).containsExactly("a", "b");
        assertThat(list("name~=\"(\"")).as("a bad expression matches nothing").isEmpty();
        refuses("filter", () -> list("name=i"));
    }

    @Test
    void an_update_without_a_mask_replaces_everything() {
        var created = create(image("i").toBuilder().putLabels("a", "1").build());
        var updated = update(image("i").toBuilder()
                .putLabels("b", "2")
                .setTarget(image("i").getTarget().toBuilder().setDigest(OTHER))
                .build());

        assertThat(updated.getLabelsMap()).isEqualTo(Map.of("b", "2"));
        assertThat(updated.getTarget().getDigest()).isEqualTo(OTHER);
        assertThat(updated.getCreatedAt()).isEqualTo(created.getCreatedAt());
        assertThat(instant(updated.getUpdatedAt())).isAfter(instant(created.getUpdatedAt()));
    }

    @Test
    void an_update_by_mask_leaves_the_rest_alone() {
        create(image("i").toBuilder().putLabels("a", "1").putLabels("b", "2").build());
        var other = image("i").toBuilder()
                .putLabels("a", "x")
                .putLabels("k.x", "v")
                .setTarget(image("i").getTarget().toBuilder().setDigest(OTHER))
                .build();

        assertThat(update(other, "labels.k.x").getLabelsMap()).isEqualTo(Map.of("a", "1", "b", "2", "k.x", "v"));
        assertThat(get("i").getTarget()).isEqualTo(image("i").getTarget());
        assertThat(update(other, "target").getTarget().getDigest()).isEqualTo(OTHER);
        assertThat(update(other, "labels").getLabelsMap()).isEqualTo(Map.of("a", "x", "k.x", "v"));
        assertThat(update(image("i"), "labels.a").getLabelsMap()).isEqualTo(Map.of("k.x", "v"));
        refuses("", () -> update(other, "name"));
        refuses("", () -> update(image(""), "labels"));
        isMissing(() -> update(image("other"), "labels"));
    }

    @Test
    void annotations_of_the_target_are_updated_by_mask() {
        create(image("i"));
        var annotated = image("i").toBuilder()
                .setTarget(image("i").getTarget().toBuilder()
                        .putAnnotations("a", "1")
                        .putAnnotations("b", "2"))
                .build();

        assertThat(update(annotated, "annotations.a").getTarget().getAnnotationsMap())
                .isEqualTo(Map.of("a", "1"));
        assertThat(update(annotated, "annotations").getTarget().getAnnotationsMap())
                .isEqualTo(Map.of("a", "1", "b", "2"));
    }

    @Test
    @Since("1.7")
    void a_build_gives_the_time() {
        var epoch = Timestamp.newBuilder().setSeconds(1_000_000_000).build();

        var created = images.create(CreateImageRequest.newBuilder()
                        .setImage(image("i"))
                        .setSourceDateEpoch(epoch)
                        .build())
                .getImage();

        assertThat(created.getCreatedAt()).isEqualTo(epoch);
    }

    @Test
    void a_deletion_is_by_name() {
        create(image("i"));

        images.delete(DeleteImageRequest.newBuilder().setName("i").setSync(true).build());

        isMissing(() -> get("i"));
        isMissing(
                () -> images.delete(DeleteImageRequest.newBuilder().setName("i").build()));
    }

    @Test
    @Since("2.0")
    void a_deletion_may_ask_for_the_target() {
        create(image("i"));

        isMissing(() -> images.delete(DeleteImageRequest.newBuilder()
                .setName("i")
                .setTarget(Descriptor.newBuilder().setDigest(OTHER))
                .build()));
        images.delete(DeleteImageRequest.newBuilder()
                .setName("i")
                .setTarget(image("i").getTarget())
                .build());
        isMissing(() -> get("i"));
    }

    @Test
    void namespaces_are_apart_and_required() {
        create(image("i"));
        var other = in("other", ImagesGrpc.newBlockingStub(channel));
        var none = ImagesGrpc.newBlockingStub(channel);

        isMissing(() -> other.get(GetImageRequest.newBuilder().setName("i").build()));
        needsNamespace(() -> none.get(GetImageRequest.newBuilder().setName("i").build()));
        needsNamespace(() -> none.list(ListImagesRequest.getDefaultInstance()));
        needsNamespace(() ->
                none.create(CreateImageRequest.newBuilder().setImage(image("i")).build()));
        needsNamespace(() ->
                none.update(UpdateImageRequest.newBuilder().setImage(image("i")).build()));
        needsNamespace(
                () -> none.delete(DeleteImageRequest.newBuilder().setName("i").build()));
    }

    private Image create(Image image) {
        return images.create(CreateImageRequest.newBuilder().setImage(image).build())
                .getImage();
    }

    private Image get(String name) {
        return images.get(GetImageRequest.newBuilder().setName(name).build()).getImage();
    }

    private Image update(Image image, String... paths) {
        return images.update(UpdateImageRequest.newBuilder()
                        .setImage(image)
                        .setUpdateMask(mask(paths))
                        .build())
                .getImage();
    }

    private List<String> list(String... filters) {
        return images
                .list(ListImagesRequest.newBuilder()
                        .addAllFilters(List.of(filters))
                        .build())
                .getImagesList()
                .stream()
                .map(Image::getName)
                .toList();
    }

    private static Instant instant(Timestamp time) {
        return Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
    }
}
