package dev.coracle.core.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coracle.base.Digest;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.core.content.BlobFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/// What every [BlobFiles] must do.
public interface BlobFilesContract {
    /// The files under test; opened again, they show what was there before.
    BlobFiles open();

    private static Digest digest(String text) {
        return Digest.ofBytes(text.getBytes(StandardCharsets.UTF_8));
    }

    private static void write(BlobFiles files, String id, String text) throws IOException {
        try (var channel = files.ingest(id)) {
            channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
        }
    }

    private static String read(BlobFiles files, Digest digest) throws IOException {
        try (var channel = files.open(digest)) {
            var buffer = ByteBuffer.allocate((int) channel.size());
            channel.read(buffer);
            return StandardCharsets.UTF_8.decode(buffer.flip()).toString();
        }
    }

    @Test
    default void an_ingest_becomes_a_blob() throws IOException {
        var files = open();
        write(files, "1", "bytes");
        assertThat(files.ingests()).containsExactly("1");
        assertThat(files.ingested("1")).isEqualTo(5);
        assertThat(files.exists(digest("bytes"))).isFalse();

        files.commit("1", digest("bytes"));
        assertThat(files.ingests()).isEmpty();
        assertThat(files.exists(digest("bytes"))).isTrue();
        assertThat(files.size(digest("bytes"))).isEqualTo(5);
        assertThat(read(files, digest("bytes"))).isEqualTo("bytes");
        assertThat(open().blobs()).containsExactly(digest("bytes"));
    }

    @Test
    default void an_ingest_goes_on_at_its_end() throws IOException {
        write(open(), "1", "first ");
        write(open(), "1", "second");
        open().commit("1", digest("first second"));
        assertThat(read(open(), digest("first second"))).isEqualTo("first second");
    }

    @Test
    default void an_existing_blob_is_kept_and_the_ingest_dropped() throws IOException {
        var files = open();
        write(files, "1", "bytes");
        files.commit("1", digest("bytes"));
        try (var reader = files.open(digest("bytes"))) {
            write(files, "2", "bytes");
            files.commit("2", digest("bytes"));
            assertThat(reader.size()).isEqualTo(5);
        }
        assertThat(files.ingests()).isEmpty();
        assertThat(files.blobs()).containsExactly(digest("bytes"));
        files.commit("3", digest("bytes"));
    }

    @Test
    default void nothing_cannot_become_a_blob() {
        assertThatThrownBy(() -> open().commit("1", digest("bytes"))).isInstanceOf(NotFound.class);
        assertThat(open().blobs()).isEmpty();
    }

    @Test
    default void removing_what_is_not_there_is_content() throws IOException {
        var files = open();
        files.remove(digest("x"));
        files.dropIngest("1");
        write(files, "1", "x");
        files.dropIngest("1");
        assertThat(files.ingests()).isEmpty();
        assertThat(files.ingested("1")).isZero();
        write(files, "2", "x");
        files.commit("2", digest("x"));
        files.remove(digest("x"));
        assertThat(files.blobs()).isEmpty();
        assertThatThrownBy(() -> files.open(digest("x"))).isInstanceOf(NotFound.class);
        assertThatThrownBy(() -> files.size(digest("x"))).isInstanceOf(NotFound.class);
    }

    @Test
    default void an_open_blob_can_be_read_after_its_removal() throws IOException {
        var files = open();
        write(files, "1", "bytes");
        files.commit("1", digest("bytes"));
        try (var reader = files.open(digest("bytes"))) {
            files.remove(digest("bytes"));
            assertThat(reader.read(ByteBuffer.allocate(9))).isEqualTo(5);
        }
    }
}
