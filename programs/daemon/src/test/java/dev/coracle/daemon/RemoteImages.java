package dev.coracle.daemon;

import static dev.coracle.daemon.RemoteValues.ask;

import dev.coracle.base.Digest;
import dev.coracle.base.Filter;
import dev.coracle.containerd.api.images.CreateImageRequest;
import dev.coracle.containerd.api.images.DeleteImageRequest;
import dev.coracle.containerd.api.images.GetImageRequest;
import dev.coracle.containerd.api.images.ImagesGrpc.ImagesBlockingStub;
import dev.coracle.containerd.api.images.ListImagesRequest;
import dev.coracle.containerd.api.images.UpdateImageRequest;
import dev.coracle.containerd.api.types.Descriptor;
import dev.coracle.core.images.Image;
import dev.coracle.core.images.ImageStore;
import dev.coracle.core.types.FieldMask;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Images over the wire.
record RemoteImages(ImagesBlockingStub stub) implements ImageStore {
    @Override
    public Image get(String name) {
        return decode(
                ask(() -> stub.get(GetImageRequest.newBuilder().setName(name).build()))
                        .getImage());
    }

    @Override
    public List<Image> list(List<Filter> filters) {
        return ask(() -> stub.list(ListImagesRequest.getDefaultInstance())).getImagesList().stream()
                .map(RemoteImages::decode)
                .filter(image -> Filter.any(filters, path -> field(image, path)))
                .toList();
    }

    private static Optional<String> field(Image image, List<String> path) {
        return switch (String.join(".", path)) {
            case "name" -> Optional.of(image.name());
            case "target.digest" -> Optional.of(image.target().digest().toString());
            case "target.mediatype" -> Optional.of(image.target().mediaType());
            default ->
                switch (path.getFirst()) {
                    case "labels" -> Filter.label(image.labels(), path);
                    case "annotations" -> Filter.label(image.target().annotations(), path);
                    default -> Optional.empty();
                };
        };
    }

    @Override
    public Image create(Image image, Optional<Instant> createdAt) {
        var request = CreateImageRequest.newBuilder().setImage(encode(image));
        createdAt.map(RemoteValues::timestamp).ifPresent(request::setSourceDateEpoch);
        return decode(ask(() -> stub.create(request.build())).getImage());
    }

    @Override
    public Image update(Image image, FieldMask mask, Optional<Instant> updatedAt) {
        var request = UpdateImageRequest.newBuilder().setImage(encode(image)).setUpdateMask(RemoteValues.mask(mask));
        updatedAt.map(RemoteValues::timestamp).ifPresent(request::setSourceDateEpoch);
        return decode(ask(() -> stub.update(request.build())).getImage());
    }

    @Override
    public void delete(String name, Optional<Digest> target) {
        var request = DeleteImageRequest.newBuilder().setName(name);
        target.ifPresent(digest -> request.setTarget(Descriptor.newBuilder().setDigest(digest.toString())));
        ask(() -> stub.delete(request.build()));
    }

    private static dev.coracle.containerd.api.images.Image encode(Image image) {
        return dev.coracle.containerd.api.images.Image.newBuilder()
                .setName(image.name())
                .setTarget(RemoteValues.descriptor(image.target()))
                .putAllLabels(image.labels())
                .build();
    }

    private static Image decode(dev.coracle.containerd.api.images.Image image) {
        return new Image(
                image.getName(),
                RemoteValues.descriptor(image.getTarget()),
                image.getLabelsMap(),
                RemoteValues.instant(image.getCreatedAt()),
                RemoteValues.instant(image.getUpdatedAt()));
    }
}
