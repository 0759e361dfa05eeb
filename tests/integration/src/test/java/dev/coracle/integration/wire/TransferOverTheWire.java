package dev.coracle.integration.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.coracle.containerd.api.images.CreateImageRequest;
import dev.coracle.containerd.api.images.GetImageRequest;
import dev.coracle.containerd.api.images.ImagesGrpc;
import dev.coracle.containerd.api.streaming.StreamingGrpc;
import dev.coracle.containerd.api.transfer.TransferGrpc;
import dev.coracle.containerd.api.transfer.TransferGrpc.TransferBlockingStub;
import dev.coracle.containerd.api.transfer.TransferOptions;
import dev.coracle.containerd.api.transfer.TransferRequest;
import dev.coracle.containerd.api.types.Descriptor;
import dev.coracle.containerd.api.types.transfer.Data;
import dev.coracle.containerd.api.types.transfer.ImageExportStream;
import dev.coracle.containerd.api.types.transfer.ImageImportStream;
import dev.coracle.containerd.api.types.transfer.ImageStore;
import dev.coracle.containerd.api.types.transfer.OCIRegistry;
import dev.coracle.containerd.api.types.transfer.Progress;
import dev.coracle.containerd.api.types.transfer.WindowUpdate;
import dev.coracle.integration.ImageFiles;
import dev.coracle.integration.ImageFiles.Blob;
import dev.coracle.integration.Registry;
import dev.coracle.integration.TestImages;
import io.grpc.Status;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

@Since("1.7")
class TransferOverTheWire extends OverTheWire {
    private static final byte[] LAYER =
            ImageFiles.gzip(new ImageFiles.Tar().file("f", "content").toBytes());
    private static final byte[] CONFIG = ImageFiles.config(
            TestImages.architecture(),
            "f",
            ImageFiles.digest(new ImageFiles.Tar().file("f", "content").toBytes()));
    private static final byte[] MANIFEST =
            ImageFiles.manifest(blob(ImageFiles.CONFIG, CONFIG), blob(ImageFiles.LAYER, LAYER));

    private static final byte[] INDEX = "{\"schemaVersion\":2,\"manifests\":[%s]}"
            .formatted(blob(ImageFiles.MANIFEST, MANIFEST).json())
            .getBytes(StandardCharsets.UTF_8);

    private final TransferBlockingStub transfers = held(TransferGrpc.newBlockingStub(channel));

    @Test
    void bytes_go_through_as_far_as_the_receiver_allows() throws Exception {
        try (var in = open("in");
                var out = open("out")) {
            var done = transfer(importing("in"), exporting("out"));
            assertThat(WindowUpdate.parseFrom(in.next().getValue()).getUpdate()).isPositive();
            in.send(Data.newBuilder().setData(ByteString.copyFromUtf8("hello")).build());
            out.send(WindowUpdate.newBuilder().setUpdate(3).build());
            assertThat(Data.parseFrom(out.next().getValue()).getData().toStringUtf8())
                    .isEqualTo("hel");
            assertThat(out.isQuiet()).as("no more than the window").isTrue();
            out.send(WindowUpdate.newBuilder().setUpdate(100).build());
            assertThat(Data.parseFrom(out.next().getValue()).getData().toStringUtf8())
                    .isEqualTo("lo");
            in.finish();
            done.get();
            assertThat(out.ended()).isEqualTo(Status.Code.OK);
        }
    }

    @Test
    void an_archive_is_imported_told_of_and_exported_again() throws Exception {
        try (var in = open("in");
                var told = open("told")) {
            var done = transfer(importing("in"), store("example.org/i:1"), "told");
            send(in, archive());
            done.get();
            var events = events(told);
            assertThat(events.getFirst()).isEqualTo("Importing");
            assertThat(events).contains("saved");
            endsWith("Completed import", events);
        }
        assertThat(target("example.org/i:1").getDigest()).isEqualTo(ImageFiles.digest(INDEX));

        try (var out = open("out");
                var told = open("told")) {
            var done = transfer(store("example.org/i:1"), exporting("out"), "told");
            out.send(WindowUpdate.newBuilder().setUpdate(1 << 30).build());
            done.get();
            receives(out, "oci-layout", "index.json", "example.org/i:1");
            var events = events(told);
            assertThat(events.getFirst()).isEqualTo("Exporting");
            endsWith("Completed export", events);
        }
    }

    @Test
    void an_image_is_pulled_unpacked_tagged_and_pushed() throws Exception {
        try (var registry = new Registry(Files.createTempDirectory("wire"))) {
            registry.push("i", ImageFiles.CONFIG, CONFIG);
            registry.push("i", ImageFiles.LAYER, LAYER);
            registry.tag("i", "1", ImageFiles.MANIFEST, MANIFEST);
            var name = "localhost:" + registry.port() + "/i:";
            try (var told = open("told")) {
                var done =
                        transfer(OCIRegistry.newBuilder().setReference(name + 1).build(), store(name + 1), "told");
                done.get();
                var events = events(told);
                assertThat(events.getFirst()).startsWith("Resolving from ").contains("localhost:" + registry.port());
                endsWith("Completed pull from ", events);
            }
            assertThat(target(name + 1).getDigest()).isEqualTo(ImageFiles.digest(MANIFEST));
            transfer(store(name + 1), store(name + 2)).get();
            try (var told = open("told")) {
                transfer(
                                store(name + 2),
                                OCIRegistry.newBuilder().setReference(name + 2).build(),
                                "told")
                        .get();
                var events = events(told);
                assertThat(events.getFirst()).startsWith("Pushing to ");
                endsWith("Completed push to ", events);
            }
            transfer(OCIRegistry.newBuilder().setReference(name + 2).build(), store(name + 3))
                    .get();
            assertThat(target(name + 3).getDigest()).isEqualTo(ImageFiles.digest(MANIFEST));
        }
    }

    @Test
    void a_tag_may_be_given_again() {
        in(ImagesGrpc.newBlockingStub(channel))
                .create(CreateImageRequest.newBuilder()
                        .setImage(ImagesOverTheWire.image("a:1"))
                        .build());
        for (var _ : new int[2]) { // the second time the name exists already
            assertThatCode(() -> request(store("a:1"), store("a:2"))).doesNotThrowAnyException();
        }
        assertThat(target("a:2")).isEqualTo(target("a:1"));
    }

    @Test
    void what_is_not_there_is_missing() {
        isMissing(() -> request(store("none"), store("b")));
        isMissing(() -> request(importing("gone"), store("b")));
        isMissing(() -> request(store("none"), exporting("gone")));
        isMissing(() -> transfers.transfer(TransferRequest.newBuilder()
                .setSource(any(store("none")))
                .setDestination(any(store("b")))
                .setOptions(TransferOptions.newBuilder().setProgressStream("gone"))
                .build()));
    }

    @Test
    void a_pair_that_nobody_serves_is_not_implemented() {
        var registry = OCIRegistry.newBuilder().setReference("example.org/i:1").build();

        fails(Status.Code.UNIMPLEMENTED, "not implemented", () -> request(registry, registry));
        fails(Status.Code.UNIMPLEMENTED, "not implemented", () -> request(registry, Data.getDefaultInstance()));
    }

    @Test
    void a_namespace_is_required() {
        var none = TransferGrpc.newBlockingStub(channel);

        needsNamespace(() -> none.transfer(TransferRequest.newBuilder()
                .setSource(any(store("a")))
                .setDestination(any(store("b")))
                .build()));
    }

    private ClientEnd open(String id) throws InterruptedException {
        return new ClientEnd(in(StreamingGrpc.newStub(channel)), id).acknowledged();
    }

    private static ImageImportStream importing(String stream) {
        return ImageImportStream.newBuilder().setStream(stream).build();
    }

    private static ImageExportStream exporting(String stream) {
        return ImageExportStream.newBuilder().setStream(stream).build();
    }

    private static ImageStore store(String name) {
        return ImageStore.newBuilder().setName(name).build();
    }

    private void request(Message source, Message destination) {
        transfers.transfer(TransferRequest.newBuilder()
                .setSource(any(source))
                .setDestination(any(destination))
                .build());
    }

    /// A transfer that goes on while its streams are served.
    private Future<?> transfer(Message source, Message destination) {
        return transfer(source, destination, "");
    }

    private Future<?> transfer(Message source, Message destination, String progress) {
        try (var thread = new Later()) {
            return thread.submit(() -> transfers.transfer(TransferRequest.newBuilder()
                    .setSource(any(source))
                    .setDestination(any(destination))
                    .setOptions(TransferOptions.newBuilder().setProgressStream(progress))
                    .build()));
        }
    }

    private Descriptor target(String name) {
        return in(ImagesGrpc.newBlockingStub(channel))
                .get(GetImageRequest.newBuilder().setName(name).build())
                .getImage()
                .getTarget();
    }

    /// The words of all progress until the stream ends.
    private static List<String> events(ClientEnd told) throws Exception {
        assertThat(told.ended()).isEqualTo(Status.Code.OK);
        var events = new ArrayList<String>();
        while (!told.isQuiet()) {
            events.add(Progress.parseFrom(told.next().getValue()).getEvent());
        }
        return events;
    }

    /// Sends bytes as the daemon's windows allow.
    private static void send(ClientEnd in, byte[] bytes) throws Exception {
        var window = 0;
        for (var at = 0; at < bytes.length; ) {
            while (window == 0) {
                window += WindowUpdate.parseFrom(in.next().getValue()).getUpdate();
            }
            var size = Math.min(window, Math.min(32 << 10, bytes.length - at));
            in.send(Data.newBuilder()
                    .setData(ByteString.copyFrom(bytes, at, size))
                    .build());
            window -= size;
            at += size;
        }
        in.finish();
    }

    /// containerd ends the stream with the transfer, whether the last words have left or not.
    private static void endsWith(String words, List<String> events) {
        if (WireDaemon.peer().isEmpty()) {
            assertThat(events.getLast()).startsWith(words);
        }
    }

    /// Waits until an archive that is exported has all of these in it; containerd may leave the stream open.
    private static void receives(ClientEnd out, String... words) throws Exception {
        var text = new StringBuilder();
        Awaitility.await("%s in the archive".formatted(List.of(words)))
                .atMost(Duration.ofSeconds(60))
                .until(() -> {
                    while (!out.isQuiet()) {
                        var data = Data.parseFrom(out.next().getValue()).getData();
                        assertThat(data.size()).isLessThanOrEqualTo(32 << 10);
                        text.append(data.toString(StandardCharsets.ISO_8859_1));
                    }
                    return Stream.of(words).allMatch(word -> text.indexOf(word) >= 0);
                });
        if (WireDaemon.peer().isEmpty()) {
            assertThat(out.ended()).isEqualTo(Status.Code.OK);
        }
    }

    private static Blob blob(String mediaType, byte[] content) {
        return new Blob(mediaType, ImageFiles.digest(content), content.length);
    }

    /// An archive of an OCI layout with one image.
    private static byte[] archive() {
        var tar = new ImageFiles.Tar().file("oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}");
        for (var content : List.of(LAYER, CONFIG, MANIFEST)) {
            tar.file("blobs/sha256/" + ImageFiles.digest(content).substring("sha256:".length()), content);
        }
        return tar.file("index.json", INDEX).toBytes();
    }

    /// Work on a thread of its own.
    private static final class Later implements AutoCloseable {
        private final java.util.concurrent.ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

        Future<?> submit(Runnable work) {
            return threads.submit(work);
        }

        @Override
        public void close() {
            threads.shutdown();
        }
    }
}
