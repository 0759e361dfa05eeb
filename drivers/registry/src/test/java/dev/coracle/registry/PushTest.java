package dev.coracle.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coracle.base.Digest;
import dev.coracle.base.EngineException.Unavailable;
import dev.coracle.base.Reference;
import dev.coracle.core.content.BlobReader;
import dev.coracle.oci.Descriptor;
import dev.coracle.oci.MediaTypes;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PushTest {
    private static final byte[] BLOB = random(20 << 20);

    private static byte[] random(int size) {
        var bytes = new byte[size];
        new Random(11).nextBytes(bytes);
        return bytes;
    }

    private static boolean push(HostileRegistry server, String... sources) throws Exception {
        var layer = new Descriptor(MediaTypes.OCI_LAYER_GZIP, Digest.ofBytes(BLOB), BLOB.length);
        try (var registry = new HttpRegistry(RegistryOptions.DEFAULT, InstantSource.system(), _ -> {});
                var bytes = new Bytes()) {
            return registry.push(
                    Reference.parseFull(server.name() + "/library/app:v1"),
                    layer,
                    false,
                    Set.of(sources),
                    bytes,
                    _ -> {});
        }
    }

    private static final class Bytes implements BlobReader {
        @Override
        public long size() {
            return BLOB.length;
        }

        @Override
        public int read(ByteBuffer buffer, long offset) {
            var count = (int) Math.min(buffer.remaining(), BLOB.length - offset);
            if (count <= 0) {
                return -1;
            }
            buffer.put(BLOB, (int) offset, count);
            return count;
        }

        @Override
        public void close() {}
    }

    @Test
    void a_blob_goes_in_one_piece() throws Exception {
        var uploads = new UploadServer(201);
        try (var server = new HostileRegistry(uploads)) {
            assertThat(push(server)).isTrue();
            assertThat(uploads.stored()).isEqualTo(BLOB);
            assertThat(server.asked).extracting(HostileRegistry.Asked::method).containsExactly("HEAD", "POST", "PUT");
        }
    }

    @Test
    void a_sibling_repository_gives_its_blob() throws Exception {
        try (var server = new HostileRegistry(new UploadServer(201))) {
            assertThat(push(server, "library/other")).isFalse();
            assertThat(server.asked).extracting(HostileRegistry.Asked::method).containsExactly("HEAD", "POST");
            assertThat(server.asked.getLast().path()).contains("mount=sha256%3A", "from=library%2Fother");
        }
    }

    @Test
    void a_blob_that_cannot_be_mounted_is_sent() throws Exception {
        var uploads = new UploadServer(201);
        try (var server = new HostileRegistry(uploads)) {
            assertThat(push(server, "library/foreign")).isTrue();
            assertThat(uploads.stored()).isEqualTo(BLOB);
        }
    }

    @Test
    void what_is_too_large_for_one_request_goes_in_pieces() throws Exception {
        var uploads = new UploadServer(413);
        try (var server = new HostileRegistry(uploads)) {
            assertThat(push(server)).isTrue();
            assertThat(uploads.stored()).isEqualTo(BLOB);
            assertThat(uploads.ranges).containsExactly("0-16777215", "16777216-20971519");
        }
    }

    @Test
    void a_broken_upload_goes_on_where_the_registry_stands() throws Exception {
        var uploads = new UploadServer(503).loseAt(5_000_000);
        try (var server = new HostileRegistry(uploads)) {
            assertThat(push(server)).isTrue();
            assertThat(uploads.stored()).isEqualTo(BLOB);
            assertThat(uploads.ranges).hasSize(2).last().isEqualTo("5000000-20971519");
        }
    }

    @Test
    void a_registry_that_takes_nothing_is_given_up() throws Exception {
        try (var server = new HostileRegistry(exchange -> {
            exchange.getRequestBody().readAllBytes();
            exchange.getResponseHeaders().set("Location", "/v2/library/app/blobs/uploads/1");
            exchange.sendResponseHeaders(
                    switch (exchange.getRequestMethod()) {
                        case "HEAD" -> 404;
                        case "POST" -> 202;
                        case "GET" -> 204;
                        default -> 503;
                    },
                    -1);
        })) {
            assertThatThrownBy(() -> push(server))
                    .isInstanceOf(Unavailable.class)
                    .hasMessageContaining("only 0 of " + BLOB.length + " bytes went");
        }
    }
}
