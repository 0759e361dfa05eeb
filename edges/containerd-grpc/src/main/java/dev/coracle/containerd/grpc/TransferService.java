package dev.coracle.containerd.grpc;

import com.google.protobuf.Any;
import com.google.protobuf.Empty;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.base.EngineException.NotImplemented;
import dev.coracle.base.EngineException.Unavailable;
import dev.coracle.containerd.api.transfer.TransferGrpc;
import dev.coracle.containerd.api.transfer.TransferRequest;
import dev.coracle.containerd.api.types.transfer.ImageExportStream;
import dev.coracle.containerd.api.types.transfer.ImageImportStream;
import dev.coracle.containerd.api.types.transfer.ImageStore;
import dev.coracle.containerd.api.types.transfer.OCIRegistry;
import dev.coracle.core.stores.Scope;
import dev.coracle.engine.images.ImagePorts;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Copies between two ends: registries, the image store, archives on streams. The pair of ends
/// says what is done.
final class TransferService extends TransferGrpc.TransferImplBase {
    private final ImagePorts images;
    private final Streams streams;

    TransferService(ImagePorts images, Streams streams) {
        this.images = images;
        this.streams = streams;
    }

    @Override
    public void transfer(TransferRequest request, StreamObserver<Empty> reply) {
        var scope = Caller.scope();
        Reply.with(
                reply,
                () -> Reply.waiting(() -> {
                    carryOut(request, scope);
                    return Empty.getDefaultInstance();
                }));
    }

    private void carryOut(TransferRequest request, Scope scope) throws InterruptedException {
        var id = request.getOptions().getProgressStream();
        var stream = id.isEmpty() ? Optional.<ClientStream>empty() : Optional.of(streams.get(scope.namespace(), id));
        var source = request.getSource();
        var destination = request.getDestination();
        var moving = is(source, ImageStore.class) ? "uploading" : "downloading";
        try (var progress = new TransferProgress(stream, moving);
                var transfer = new ImageTransfer(images, streams, scope, progress)) {
            switch (End.of(source) + " " + End.of(destination)) {
                case "REGISTRY STORE" -> transfer.pull(registry(source), store(destination));
                case "STORE REGISTRY" -> transfer.push(store(source), registry(destination));
                case "IMPORT STORE" -> transfer.load(imported(source), store(destination));
                case "STORE EXPORT" -> transfer.export(store(source), exported(destination));
                case "STORE STORE" -> transfer.tag(store(source), store(destination));
                case "IMPORT EXPORT" -> transfer.echo(imported(source), exported(destination));
                default ->
                    throw new NotImplemented(
                            "transfer from " + source.getTypeUrl() + " to " + destination.getTypeUrl());
            }
        } catch (IOException e) {
            throw new Unavailable("transfer: " + e.getMessage(), e);
        }
    }

    /// What an end of a transfer may be.
    private enum End {
        REGISTRY,
        STORE,
        IMPORT,
        EXPORT,
        OTHER;

        static End of(Any any) {
            if (is(any, OCIRegistry.class)) {
                return REGISTRY;
            }
            if (is(any, ImageStore.class)) {
                return STORE;
            }
            if (is(any, ImageImportStream.class)) {
                return IMPORT;
            }
            return is(any, ImageExportStream.class) ? EXPORT : OTHER;
        }
    }

    private static boolean is(Any any, Class<? extends Message> type) {
        return any.getTypeUrl().equals("containerd.types.transfer." + type.getSimpleName());
    }

    private static OCIRegistry registry(Any any) {
        return parse(any, OCIRegistry.parser());
    }

    private static ImageStore store(Any any) {
        return parse(any, ImageStore.parser());
    }

    private static ImageImportStream imported(Any any) {
        return parse(any, ImageImportStream.parser());
    }

    private static ImageExportStream exported(Any any) {
        return parse(any, ImageExportStream.parser());
    }

    private static <M extends @Nullable Message> M parse(Any any, Parser<M> parser) {
        try {
            return parser.parseFrom(any.getValue());
        } catch (InvalidProtocolBufferException e) {
            throw new InvalidArgument("malformed " + any.getTypeUrl(), e);
        }
    }
}
