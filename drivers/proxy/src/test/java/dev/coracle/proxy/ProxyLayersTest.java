package dev.coracle.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coracle.base.Digest;
import dev.coracle.base.EngineException.NotImplemented;
import dev.coracle.containerd.api.diff.ApplyRequest;
import dev.coracle.containerd.api.diff.ApplyResponse;
import dev.coracle.containerd.api.diff.DiffGrpc;
import dev.coracle.containerd.api.diff.DiffRequest;
import dev.coracle.containerd.api.diff.DiffResponse;
import dev.coracle.core.layers.LayerStore.DiffOptions;
import dev.coracle.core.mounts.Mount;
import dev.coracle.core.stores.Scope;
import dev.coracle.core.testkit.MemoryContent;
import dev.coracle.core.types.Descriptor;
import dev.coracle.core.types.TypedBytes;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What another program is asked about layers.
class ProxyLayersTest {
    private static final Descriptor LAYER =
            new Descriptor("packed", Digest.ofBytes(new byte[] {1}), 1, Map.of("a", "b"));
    private static final Descriptor PLAIN = new Descriptor("plain", Digest.ofBytes(new byte[] {2}), 2);
    private static final List<Mount> MOUNTS = List.of(new Mount("bind", "/x", List.of("rw")));

    private final List<String> asked = new ArrayList<>();

    @SuppressWarnings("NullAway.Init") // set before each test
    private Path socket;

    @SuppressWarnings("NullAway.Init")
    private Served served;

    @SuppressWarnings("NullAway.Init")
    private Peers peers;

    @BeforeEach
    void serve() throws IOException {
        socket = Files.createTempDirectory("cp").resolve("s");
        served = new Served(socket, new Differ());
        peers = new Peers();
    }

    @AfterEach
    void stop() throws IOException {
        peers.close();
        served.close();
        Files.deleteIfExists(socket);
        Files.delete(socket.getParent());
    }

    private final class Differ extends DiffGrpc.DiffImplBase {
        @Override
        public void apply(ApplyRequest request, StreamObserver<ApplyResponse> reply) {
            if (request.getDiff().getMediaType().equals("unknown")) {
                reply.onError(Status.UNIMPLEMENTED
                        .withDescription("not mine: not implemented")
                        .asRuntimeException());
                return;
            }
            asked.add(Served.NAMESPACE.get() + " " + request.getDiff().getAnnotationsMap() + " "
                    + request.getMounts(0).getSource() + " "
                    + request.getPayloadsOrThrow("key").getTypeUrl());
            reply.onNext(ApplyResponse.newBuilder().setApplied(encode(PLAIN)).build());
            reply.onCompleted();
        }

        @Override
        public void diff(DiffRequest request, StreamObserver<DiffResponse> reply) {
            asked.add(Served.NAMESPACE.get() + " " + request.getMediaType() + " " + request.getLeftCount()
                    + request.getRightCount() + " " + request.getLabelsMap() + " "
                    + request.getSourceDateEpoch().getSeconds());
            reply.onNext(DiffResponse.newBuilder().setDiff(encode(LAYER)).build());
            reply.onCompleted();
        }

        private static dev.coracle.containerd.api.types.Descriptor encode(Descriptor descriptor) {
            return dev.coracle.containerd.api.types.Descriptor.newBuilder()
                    .setMediaType(descriptor.mediaType())
                    .setDigest(descriptor.digest().toString())
                    .setSize(descriptor.size())
                    .putAllAnnotations(descriptor.annotations())
                    .build();
        }
    }

    @Test
    void everything_that_a_client_has_said_is_passed_on_in_its_namespace() {
        var layers = new ProxyLayers(peers.peer("differ", "other", socket)).in(Scope.of("red"));
        var payload = new TypedBytes("some.Key", new byte[] {1});
        assertThat(layers.apply(new MemoryContent(), LAYER, MOUNTS, Map.of("key", payload)))
                .isEqualTo(PLAIN);
        var options = new DiffOptions("type", "ref", Map.of("l", "v"), Optional.of(Instant.ofEpochSecond(5)));
        assertThat(layers.diff(new MemoryContent(), MOUNTS, List.of(), options)).isEqualTo(LAYER);

        assertThat(asked).containsExactly("red {a=b} /x some.Key", "red type 10 {l=v} 5");
    }

    @Test
    void a_layer_that_is_not_its_own_is_left_to_others() {
        var layers = new ProxyLayers(peers.peer("differ", "other", socket));
        var unknown = new Descriptor("unknown", LAYER.digest(), 1);
        assertThatThrownBy(() -> layers.apply(new MemoryContent(), unknown, MOUNTS))
                .isInstanceOf(NotImplemented.class)
                .hasMessage("apply layer " + LAYER.digest() + ": differ other at " + socket + ": not mine");
    }
}
