package dev.coracle.containerd.grpc;

import com.google.protobuf.Empty;
import com.google.protobuf.Timestamp;
import dev.coracle.base.Digest;
import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.base.Filter;
import dev.coracle.containerd.api.images.CreateImageRequest;
import dev.coracle.containerd.api.images.CreateImageResponse;
import dev.coracle.containerd.api.images.DeleteImageRequest;
import dev.coracle.containerd.api.images.GetImageRequest;
import dev.coracle.containerd.api.images.GetImageResponse;
import dev.coracle.containerd.api.images.ImagesGrpc;
import dev.coracle.containerd.api.images.ListImagesRequest;
import dev.coracle.containerd.api.images.ListImagesResponse;
import dev.coracle.containerd.api.images.UpdateImageRequest;
import dev.coracle.containerd.api.images.UpdateImageResponse;
import dev.coracle.core.gc.GarbageCollector;
import dev.coracle.core.images.Image;
import dev.coracle.core.images.ImageStore;
import dev.coracle.core.stores.Stores;
import dev.coracle.core.types.Descriptor;
import dev.coracle.core.types.FieldMask;
import io.grpc.stub.StreamObserver;
import java.time.Instant;
import java.util.Optional;

/// The names of images.
final class ImagesService extends ImagesGrpc.ImagesImplBase {
    /// Stands in a request that leaves the target out because its mask does not mean it.
    private static final Digest NO_TARGET = Digest.ofBytes(new byte[0]);

    private final Stores stores;
    private final GarbageCollector collector;

    ImagesService(Stores stores, GarbageCollector collector) {
        this.stores = stores;
        this.collector = collector;
    }

    @Override
    public void get(GetImageRequest request, StreamObserver<GetImageResponse> reply) {
        Reply.with(
                reply,
                () -> GetImageResponse.newBuilder()
                        .setImage(encode(images().get(request.getName())))
                        .build());
    }

    @Override
    public void list(ListImagesRequest request, StreamObserver<ListImagesResponse> reply) {
        Reply.with(
                reply,
                () -> ListImagesResponse.newBuilder()
                        .addAllImages(images().list(Filter.parse(request.getFiltersList())).stream()
                                .map(ImagesService::encode)
                                .toList())
                        .build());
    }

    @Override
    public void create(CreateImageRequest request, StreamObserver<CreateImageResponse> reply) {
        Reply.with(reply, () -> {
            var epoch = epoch(request.hasSourceDateEpoch(), request.getSourceDateEpoch());
            return CreateImageResponse.newBuilder()
                    .setImage(encode(images().create(decode(request.getImage(), FieldMask.EMPTY), epoch)))
                    .build();
        });
    }

    @Override
    public void update(UpdateImageRequest request, StreamObserver<UpdateImageResponse> reply) {
        Reply.with(reply, () -> {
            var mask = Wire.mask(request.getUpdateMask());
            var epoch = epoch(request.hasSourceDateEpoch(), request.getSourceDateEpoch());
            return UpdateImageResponse.newBuilder()
                    .setImage(encode(images().update(decode(request.getImage(), mask), mask, epoch)))
                    .build();
        });
    }

    @Override
    public void delete(DeleteImageRequest request, StreamObserver<Empty> reply) {
        Reply.empty(reply, () -> {
            var target = request.hasTarget()
                    ? Optional.of(Digest.parse(request.getTarget().getDigest()))
                    : Optional.<Digest>empty();
            images().delete(request.getName(), target);
            if (request.getSync()) {
                collector.collect();
            }
        });
    }

    private ImageStore images() {
        return stores.in(Caller.scope()).images();
    }

    private static Optional<Instant> epoch(boolean given, Timestamp epoch) {
        return given ? Optional.of(Wire.instant(epoch)) : Optional.empty();
    }

    private static Image decode(dev.coracle.containerd.api.images.Image image, FieldMask mask) {
        if (image.getName().isEmpty()) {
            throw new InvalidArgument("image name is required");
        }
        var wanted = image.getTarget();
        var target =
                wanted.getDigest().isEmpty() && !mask.isEmpty() && !mask.paths().contains("target")
                        ? new Descriptor(wanted.getMediaType(), NO_TARGET, wanted.getSize(), wanted.getAnnotationsMap())
                        : Wire.descriptor(wanted);
        return new Image(
                image.getName(),
                target,
                image.getLabelsMap(),
                Wire.instant(image.getCreatedAt()),
                Wire.instant(image.getUpdatedAt()));
    }

    private static dev.coracle.containerd.api.images.Image encode(Image image) {
        return dev.coracle.containerd.api.images.Image.newBuilder()
                .setName(image.name())
                .putAllLabels(image.labels())
                .setTarget(Wire.descriptor(image.target()))
                .setCreatedAt(Wire.timestamp(image.createdAt()))
                .setUpdatedAt(Wire.timestamp(image.updatedAt()))
                .build();
    }
}
