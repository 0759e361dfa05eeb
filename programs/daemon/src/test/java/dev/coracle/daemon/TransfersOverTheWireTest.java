package dev.coracle.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Empty;
import com.google.protobuf.Message;
import dev.coracle.base.Digest;
import dev.coracle.containerd.api.images.CreateImageRequest;
import dev.coracle.containerd.api.images.GetImageRequest;
import dev.coracle.containerd.api.images.Image;
import dev.coracle.containerd.api.images.ImagesGrpc;
import dev.coracle.containerd.api.mounts.ActivateRequest;
import dev.coracle.containerd.api.mounts.InfoRequest;
import dev.coracle.containerd.api.mounts.ListRequest;
import dev.coracle.containerd.api.mounts.MountsGrpc;
import dev.coracle.containerd.api.sandbox.ControllerGrpc;
import dev.coracle.containerd.api.sandbox.ControllerStartRequest;
import dev.coracle.containerd.api.sandbox.StoreCreateRequest;
import dev.coracle.containerd.api.sandbox.StoreDeleteRequest;
import dev.coracle.containerd.api.sandbox.StoreGetRequest;
import dev.coracle.containerd.api.sandbox.StoreGrpc;
import dev.coracle.containerd.api.sandbox.StoreListRequest;
import dev.coracle.containerd.api.sandbox.StoreUpdateRequest;
import dev.coracle.containerd.api.streaming.StreamInit;
import dev.coracle.containerd.api.streaming.StreamingGrpc;
import dev.coracle.containerd.api.transfer.TransferGrpc;
import dev.coracle.containerd.api.transfer.TransferRequest;
import dev.coracle.containerd.api.types.Descriptor;
import dev.coracle.containerd.api.types.Sandbox;
import dev.coracle.containerd.api.types.transfer.Data;
import dev.coracle.containerd.api.types.transfer.ImageExportStream;
import dev.coracle.containerd.api.types.transfer.ImageImportStream;
import dev.coracle.containerd.api.types.transfer.ImageStore;
import dev.coracle.containerd.api.types.transfer.OCIRegistry;
import dev.coracle.containerd.api.types.transfer.WindowUpdate;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// Streams, transfers over them, and the small services beside: as clients of containerd 2 use them.
class TransfersOverTheWireTest extends SharedDaemonTest {
    /// A client's end of a stream.
    private final class ClientEnd implements StreamObserver<Any>, AutoCloseable {
        private final BlockingQueue<Any> messages = new LinkedBlockingQueue<>();
        private final BlockingQueue<String> end = new LinkedBlockingQueue<>();
        private final StreamObserver<Any> out;
        private boolean finished;

        ClientEnd(String namespace, String id) {
            out = daemon.in(namespace, StreamingGrpc.newStub(daemon.channel)).stream(this);
            send(StreamInit.newBuilder().setId(id).build());
        }

        /// Waits for the daemon's word that the stream can be referred to.
        ClientEnd acknowledged() throws InterruptedException {
            assertThat(next().getTypeUrl()).isEqualTo("google.protobuf.Empty");
            return this;
        }

        void send(Message message) {
            out.onNext(any(message));
        }

        Any next() throws InterruptedException {
            var message = messages.poll(20, TimeUnit.SECONDS);
            assertThat(message).as("a message on the stream").isNotNull();
            return message;
        }

        String ended() throws InterruptedException {
            return end.poll(20, TimeUnit.SECONDS);
        }

        @Override
        public void onNext(Any message) {
            messages.add(message);
        }

        @Override
        public void onError(Throwable failure) {
            end.add(Status.fromThrowable(failure).getCode().name());
        }

        @Override
        public void onCompleted() {
            end.add("OK");
        }

        @Override
        public void close() {
            finish();
        }

        /// Sends no more.
        void finish() {
            if (!finished) {
                finished = true;
                out.onCompleted();
            }
        }
    }

    /// Under the bare name of the type, as Go's clients write it.
    private static Any any(Message message) {
        return Any.newBuilder()
                .setTypeUrl(message.getDescriptorForType().getFullName())
                .setValue(message.toByteString())
                .build();
    }

    private TransferRequest transfer(Message source, Message destination) {
        return TransferRequest.newBuilder()
                .setSource(any(source))
                .setDestination(any(destination))
                .build();
    }

    private TransferGrpc.TransferBlockingStub transfers(String namespace) {
        return daemon.in(namespace, TransferGrpc.newBlockingStub(daemon.channel));
    }

    @Test
    void a_stream_has_one_name_in_a_namespace() throws Exception {
        try (var first = new ClientEnd("s", "one").acknowledged();
                var other = new ClientEnd("t", "one").acknowledged()) {
            assertThat(new ClientEnd("s", "one").ended()).isEqualTo("ALREADY_EXISTS");
            assertThat(first.messages).isEmpty();
            assertThat(other.messages).isEmpty();
        }
    }

    @Test
    void the_first_object_of_a_stream_is_its_name() throws Exception {
        var end = new LinkedBlockingQueue<Status.Code>();
        var out = daemon.in("s", StreamingGrpc.newStub(daemon.channel)).stream(new StreamObserver<>() {
            @Override
            public void onNext(Any message) {}

            @Override
            public void onError(Throwable failure) {
                end.add(Status.fromThrowable(failure).getCode());
            }

            @Override
            public void onCompleted() {
                end.add(Status.Code.OK);
            }
        });
        out.onNext(any(Empty.getDefaultInstance()));
        assertThat(end.poll(20, TimeUnit.SECONDS)).isEqualTo(Status.Code.INVALID_ARGUMENT);
    }

    @Test
    void bytes_go_through_as_far_as_the_receiver_allows() throws Exception {
        try (var in = new ClientEnd("echo", "in").acknowledged();
                var out = new ClientEnd("echo", "out").acknowledged()) {
            var done = new LinkedBlockingQueue<String>();
            Thread.ofVirtual().start(() -> {
                transfers("echo")
                        .transfer(transfer(
                                ImageImportStream.newBuilder().setStream("in").build(),
                                ImageExportStream.newBuilder().setStream("out").build()));
                done.add("done");
            });
            assertThat(in.next().getTypeUrl()).isEqualTo("containerd.types.transfer.WindowUpdate");
            in.send(Data.newBuilder().setData(ByteString.copyFromUtf8("hello")).build());
            out.send(WindowUpdate.newBuilder().setUpdate(3).build());
            assertThat(Data.parseFrom(out.next().getValue()).getData().toStringUtf8())
                    .isEqualTo("hel");
            assertThat(out.messages).isEmpty();
            out.send(WindowUpdate.newBuilder().setUpdate(100).build());
            assertThat(Data.parseFrom(out.next().getValue()).getData().toStringUtf8())
                    .isEqualTo("lo");
            in.finish();
            assertThat(done.poll(20, TimeUnit.SECONDS)).isEqualTo("done");
            assertThat(out.ended()).isEqualTo("OK");
        }
    }

    @Test
    void a_tag_is_a_transfer_from_the_store_to_itself() {
        var images = daemon.in("tag", ImagesGrpc.newBlockingStub(daemon.channel));
        var target = Descriptor.newBuilder()
                .setMediaType("application/vnd.oci.image.manifest.v1+json")
                .setDigest(Digest.ofBytes(new byte[] {1}).toString())
                .setSize(1);
        images.create(CreateImageRequest.newBuilder()
                .setImage(Image.newBuilder().setName("a:1").setTarget(target))
                .build());
        for (var _ : new int[2]) { // the second time the name exists already
            transfers("tag")
                    .transfer(transfer(
                            ImageStore.newBuilder().setName("a:1").build(),
                            ImageStore.newBuilder().setName("a:2").build()));
        }
        var tagged = images.get(GetImageRequest.newBuilder().setName("a:2").build());
        assertThat(tagged.getImage().getTarget().getDigest()).isEqualTo(target.getDigest());
    }

    @Test
    void what_cannot_be_transferred_is_said() {
        var store = ImageStore.newBuilder().setName("none").build();
        fails(
                Status.Code.UNIMPLEMENTED,
                "not implemented",
                () -> transfers("x")
                        .transfer(transfer(OCIRegistry.getDefaultInstance(), OCIRegistry.getDefaultInstance())));
        fails(
                Status.Code.NOT_FOUND,
                "not found",
                () -> transfers("x")
                        .transfer(transfer(
                                store, ImageStore.newBuilder().setName("b").build())));
        fails(
                Status.Code.NOT_FOUND,
                "stream",
                () -> transfers("x")
                        .transfer(transfer(
                                ImageImportStream.newBuilder().setStream("gone").build(), store)));
        fails(
                Status.Code.FAILED_PRECONDITION,
                "namespace is required",
                () -> TransferGrpc.newBlockingStub(daemon.channel).transfer(transfer(store, store)));
    }

    @Test
    void mounts_that_need_no_handler_are_the_clients() {
        var mounts = daemon.in("m", MountsGrpc.newBlockingStub(daemon.channel));
        fails(
                Status.Code.UNIMPLEMENTED,
                "not implemented",
                () -> mounts.activate(
                        ActivateRequest.newBuilder().setName("task").build()));
        fails(
                Status.Code.NOT_FOUND,
                "not found",
                () -> mounts.info(InfoRequest.newBuilder().setName("task").build()));
        assertThat(mounts.list(ListRequest.getDefaultInstance()).hasNext()).isFalse();
    }

    @Test
    void sandbox_records_are_kept_by_namespace() {
        var store = daemon.in("box", StoreGrpc.newBlockingStub(daemon.channel));
        var sandbox = Sandbox.newBuilder()
                .setSandboxId("one")
                .setRuntime(Sandbox.Runtime.newBuilder().setName("r"))
                .putLabels("a", "1")
                .build();
        var create = StoreCreateRequest.newBuilder().setSandbox(sandbox).build();
        assertThat(store.create(create).getSandbox().hasCreatedAt()).isTrue();
        fails(Status.Code.ALREADY_EXISTS, "already exists", () -> store.create(create));
        store.update(StoreUpdateRequest.newBuilder()
                .setSandbox(sandbox.toBuilder().putLabels("b", "2"))
                .addFields("labels.b")
                .build());
        fails(
                Status.Code.INVALID_ARGUMENT,
                "cannot update",
                () -> store.update(StoreUpdateRequest.newBuilder()
                        .setSandbox(sandbox)
                        .addFields("sandbox_id")
                        .build()));
        var found = store.list(
                StoreListRequest.newBuilder().addFilters("labels.b==2").build());
        assertThat(found.getListList())
                .singleElement()
                .satisfies(one -> assertThat(one.getLabelsMap()).containsEntry("a", "1"));
        assertThat(daemon.in("other", StoreGrpc.newBlockingStub(daemon.channel))
                        .list(StoreListRequest.getDefaultInstance())
                        .getListCount())
                .isZero();
        store.delete(StoreDeleteRequest.newBuilder().setSandboxId("one").build());
        fails(
                Status.Code.NOT_FOUND,
                "not found",
                () -> store.get(StoreGetRequest.newBuilder().setSandboxId("one").build()));
    }

    @Test
    void an_unknown_sandboxer_is_not_found() {
        var controller = daemon.in("box", ControllerGrpc.newBlockingStub(daemon.channel));
        fails(
                Status.Code.INVALID_ARGUMENT,
                "sandboxer is required",
                () -> controller.start(ControllerStartRequest.getDefaultInstance()));
        fails(
                Status.Code.NOT_FOUND,
                "not found",
                () -> controller.start(
                        ControllerStartRequest.newBuilder().setSandboxer("vm").build()));
    }
}
