package dev.coracle.content;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coracle.base.Digest;
import dev.coracle.base.EngineException.Internal;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.base.EngineException.PermissionDenied;
import dev.coracle.core.content.BlobFiles;
import dev.coracle.core.testkit.BlobFilesContract;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryBlobsTest implements BlobFilesContract {
    private static final Digest BYTES = Digest.ofBytes(new byte[] {1, 2, 3});

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    private Path root;

    @Override
    public BlobFiles open() {
        return DirectoryBlobs.open(root);
    }

    private void commit(String id) throws IOException {
        try (var channel = open().ingest(id)) {
            channel.write(ByteBuffer.wrap(new byte[] {1, 2, 3}));
        }
        open().commit(id, BYTES);
    }

    private Path file() {
        return root.resolve("blobs/sha256").resolve(BYTES.hex());
    }

    @Test
    void a_blob_lies_where_containerd_would_put_it_and_nobody_may_write_it() throws IOException {
        commit("1");
        assertThat(file()).hasBinaryContent(new byte[] {1, 2, 3});
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
                .isEqualTo("r--r--r--");
        assertThat(root.resolve("ingest")).isEmptyDirectory();
    }

    @Test
    void an_ingest_is_its_owners_business() throws IOException {
        open().ingest("1").close();
        var data = root.resolve("ingest/1/data");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data)))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(root.resolve("ingest"))))
                .isEqualTo("rwx------");
    }

    @Test
    void a_blob_that_a_loss_of_power_has_cut_is_replaced() throws IOException {
        commit("1");
        Files.setPosixFilePermissions(file(), PosixFilePermissions.fromString("rw-------"));
        Files.write(file(), new byte[0]);
        commit("2");
        assertThat(open().size(BYTES)).isEqualTo(3);
    }

    @Test
    void a_commit_that_was_interrupted_after_the_rename_can_be_done_again() throws IOException {
        try (var channel = open().ingest("1")) {
            channel.write(ByteBuffer.wrap(new byte[] {1, 2, 3}));
        }
        Files.move(root.resolve("ingest/1/data"), file());
        open().commit("1", BYTES);
        assertThat(open().blobs()).containsExactly(BYTES);
        assertThat(open().ingests()).isEmpty();
    }

    @Test
    void what_is_not_ours_is_not_listed() throws IOException {
        open();
        Files.writeString(root.resolve("blobs/sha256/README"), "x");
        Files.createDirectory(root.resolve("ingest/a b"));
        Files.createDirectory(root.resolve("blobs/md5"));
        assertThat(open().blobs()).isEmpty();
        assertThat(open().ingests()).isEmpty();
    }

    @Test
    void an_ingest_id_cannot_leave_the_directory() {
        for (var id : new String[] {"..", "a/b", "", "a\0b"}) {
            assertThatThrownBy(() -> open().ingest(id)).as(id).isInstanceOf(Internal.class);
        }
    }

    @Test
    void a_directory_that_cannot_be_made_is_named() throws IOException {
        Files.writeString(root.resolve("file"), "");
        assertThatThrownBy(() -> DirectoryBlobs.open(root.resolve("file/below")))
                .isInstanceOfAny(Internal.class, NotFound.class, PermissionDenied.class)
                .hasMessageContaining("open content directory " + root.resolve("file/below"));
    }
}
