package dev.coracle.engine.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coracle.base.EngineException.InvalidArgument;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class ArchiveTest {
    private static byte[] archive() throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var writer = new ArchiveWriter(bytes)) {
            writer.directory("blobs/");
            writer.file("blobs/sha256/abc", "hello".getBytes(StandardCharsets.UTF_8));
            writer.file("empty", new byte[0]);
        }
        return bytes.toByteArray();
    }

    private static void check(byte[] bytes) throws IOException {
        var reader = new ArchiveReader(new ByteArrayInputStream(bytes));
        assertThat(reader.next()).contains(new ArchiveReader.Entry("blobs/", false, "", 0));
        assertThat(reader.next()).contains(new ArchiveReader.Entry("blobs/sha256/abc", true, "", 5));
        var content = new byte[10];
        assertThat(reader.read(content)).isEqualTo(5);
        assertThat(new String(content, 0, 5, StandardCharsets.UTF_8)).isEqualTo("hello");
        assertThat(reader.next()).contains(new ArchiveReader.Entry("empty", true, "", 0));
        assertThat(reader.next()).isEmpty();
    }

    @Test
    void what_is_written_is_read_plain_and_gzipped() throws IOException {
        check(archive());
        var zipped = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(zipped)) {
            gzip.write(archive());
        }
        check(zipped.toByteArray());
    }

    @Test
    void unread_content_is_skipped() throws IOException {
        var reader = new ArchiveReader(new ByteArrayInputStream(archive()));
        reader.next();
        reader.next();
        assertThat(reader.next()).contains(new ArchiveReader.Entry("empty", true, "", 0));
    }

    @Test
    void a_cut_archive_is_an_error() throws IOException {
        var reader = new ArchiveReader(new ByteArrayInputStream(Arrays.copyOf(archive(), 1026)));
        reader.next();
        reader.next();
        assertThatThrownBy(() -> reader.read(new byte[10])).isInstanceOf(IOException.class);
    }

    @Test
    void a_malformed_size_is_refused() throws IOException {
        var bytes = archive();
        bytes[512 + 124] = 'x';
        var reader = new ArchiveReader(new ByteArrayInputStream(bytes));
        reader.next();
        assertThatThrownBy(reader::next).isInstanceOf(InvalidArgument.class);
    }
}
