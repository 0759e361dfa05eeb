package dev.coracle.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coracle.layers.TarEntry.Extent;
import dev.coracle.linux.Device;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Our reader on what commons-compress and GNU tar write, and on what nobody should.
class TarReaderTest {
    @TempDir
    Path folder;

    /// An entry and its data with the holes filled.
    private static final class Read {
        private final TarEntry entry;
        private final byte[] data;

        Read(TarEntry entry, byte[] data) {
            this.entry = entry;
            this.data = data;
        }

        TarEntry entry() {
            return entry;
        }

        byte[] data() {
            return data;
        }

        String name() {
            return entry.name().toString();
        }
    }

    private static List<Read> read(byte[] archive) throws IOException {
        var all = new ArrayList<Read>();
        var reader = new TarReader(ByteChunks.of(new ByteArrayInputStream(archive)));
        for (var next = reader.next(); next.isPresent(); next = reader.next()) {
            var entry = next.get();
            var data = new byte[(int) entry.size()];
            reader.data(
                    (position, bytes, offset, length) -> System.arraycopy(bytes, offset, data, (int) position, length));
            all.add(new Read(entry, data));
        }
        reader.drain();
        return all;
    }

    private static byte[] written(int longNames, int bigNumbers, TarArchiveEntry... entries) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var tar = new TarArchiveOutputStream(bytes, "UTF-8")) {
            tar.setLongFileMode(longNames);
            tar.setBigNumberMode(bigNumbers);
            for (var entry : entries) {
                tar.putArchiveEntry(entry);
                tar.write(new byte[(int) entry.getSize()]);
                tar.closeArchiveEntry();
            }
        }
        return bytes.toByteArray();
    }

    @ParameterizedTest
    @ValueSource(ints = {TarArchiveOutputStream.LONGFILE_GNU, TarArchiveOutputStream.LONGFILE_POSIX})
    void long_names_of_both_dialects_are_read(int dialect) throws IOException {
        var name = "directory/".repeat(30) + "näme";
        var link = new TarArchiveEntry("link", TarConstants.LF_SYMLINK);
        link.setLinkName("to/".repeat(60) + "x");
        var all = read(written(dialect, TarArchiveOutputStream.BIGNUMBER_POSIX, new TarArchiveEntry(name), link));

        assertThat(all).extracting(Read::name).containsExactly(name, "link");
        assertThat(all.getLast().entry().link())
                .hasValueSatisfying(target -> assertThat(target).hasToString("to/".repeat(60) + "x"));
    }

    @ParameterizedTest
    @ValueSource(ints = {TarArchiveOutputStream.BIGNUMBER_STAR, TarArchiveOutputStream.BIGNUMBER_POSIX})
    void numbers_too_large_for_octal_digits_are_read(int dialect) throws IOException {
        var entry = new TarArchiveEntry("f");
        entry.setUserId(4_000_000_000L);
        entry.setGroupId(3_000_000_000L);
        entry.setModTime(-5000L);
        var read = read(written(TarArchiveOutputStream.LONGFILE_POSIX, dialect, entry))
                .getFirst()
                .entry();

        assertThat(read.owner().user()).isEqualTo(4_000_000_000L);
        assertThat(read.owner().group()).isEqualTo(3_000_000_000L);
        assertThat(read.modified().getEpochSecond()).isEqualTo(-5);
    }

    @Test
    void devices_and_fifos_are_read() throws IOException {
        var device = new TarArchiveEntry("null", TarConstants.LF_CHR);
        device.setDevMajor(1);
        device.setDevMinor(3);
        var all = read(written(
                TarArchiveOutputStream.LONGFILE_POSIX,
                TarArchiveOutputStream.BIGNUMBER_POSIX,
                device,
                new TarArchiveEntry("pipe", TarConstants.LF_FIFO)));

        assertThat(all.getFirst().entry().type()).isEqualTo(EntryType.CHARACTER_DEVICE);
        assertThat(all.getFirst().entry().device()).isEqualTo(new Device(1, 3));
        assertThat(all.getLast().entry().type()).isEqualTo(EntryType.FIFO);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--format=gnu", "--sparse-version=0.0", "--sparse-version=0.1", "--sparse-version=1.0"})
    void sparse_files_of_gnu_tar_are_read_in_every_format(String format) throws Exception {
        var sparse = folder.resolve("sparse");
        try (var file = FileChannel.open(sparse, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            for (var i = 0; i < 60; i++) {
                file.write(ByteBuffer.wrap(("part " + i).getBytes(StandardCharsets.UTF_8)), i * 200_000L);
            }
            file.write(ByteBuffer.wrap(new byte[] {7}), 20_000_000);
        }
        Files.writeString(folder.resolve("after"), "after");
        var all = read(gnuTar(format.startsWith("--sparse") ? "--format=pax" : "--format=gnu", format));

        assertThat(all).extracting(Read::name).containsExactly("sparse", "after");
        assertThat(all.getFirst().entry().sparse()).isPresent();
        assertThat(Arrays.mismatch(all.getFirst().data(), Files.readAllBytes(sparse)))
                .isEqualTo(-1);
        assertThat(all.getLast().data()).asString(StandardCharsets.UTF_8).isEqualTo("after");
    }

    private byte[] gnuTar(String... options) throws Exception {
        var archive = folder.resolve("archive.tar");
        var command = new ArrayList<>(List.of("/usr/bin/tar", "-C", folder.toString(), "-cSf", archive.toString()));
        command.addAll(List.of(options));
        command.addAll(List.of("sparse", "after"));
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
        return Files.readAllBytes(archive);
    }

    @Test
    void what_our_writer_writes_commons_compress_and_we_read_alike() throws IOException {
        var name = "ä/".repeat(80) + "file";
        var archive = new Tarball()
                .directory("d")
                .file(name, 04755, "content", Map.of("user.x", new byte[] {0, 1, '\n'}))
                .symlink("l", "x".repeat(150))
                .hardLink("h", name)
                .plain();

        var ours = read(archive);
        assertThat(ours).extracting(Read::name).containsExactly("d/", name, "l", "h");
        assertThat(ours.get(1).entry().modified()).isEqualTo(Tarball.TIME);
        assertThat(ours.get(1).entry().attributes().get("user.x")).containsExactly(0, 1, '\n');
        try (var tar = new TarArchiveInputStream(new ByteArrayInputStream(archive), "UTF-8")) {
            for (var mine : ours) {
                var theirs = tar.getNextEntry();
                assertThat(theirs.getName()).isEqualTo(mine.name());
                assertThat(theirs.getSize()).isEqualTo(mine.entry().size());
                assertThat(theirs.getMode()).isEqualTo(mine.entry().owner().mode());
                assertThat(theirs.getLastModifiedTime().toInstant())
                        .isEqualTo(mine.entry().modified());
                assertThat(tar.readAllBytes()).isEqualTo(mine.data());
            }
            assertThat(tar.getNextEntry()).isNull();
        }
    }

    @Test
    void attributes_of_bsdtar_are_read() throws TarException {
        var pax = new PaxRecords.Builder()
                .add("LIBARCHIVE.xattr.user.a%3Db", "AAEK")
                .add("LIBARCHIVE.xattr.user.both", "AA==")
                .attribute("user.both", new byte[] {5})
                .bytes();

        var attributes = PaxRecords.parse(pax).attributes();
        assertThat(attributes).containsOnlyKeys("user.a=b", "user.both");
        assertThat(attributes.get("user.a=b")).containsExactly(0, 1, '\n');
        assertThat(attributes.get("user.both")).containsExactly(5);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "5 a=b\n",
                "99 a=b\n",
                "6 ab\n\n",
                "5 =ab\n",
                "6 a=b\nx",
                " a=b\n",
                "99999999999999999999 a=b\n",
                "-6 a=b\n"
            })
    void broken_pax_records_are_refused(String records) {
        assertThatThrownBy(() -> PaxRecords.parse(records.getBytes(StandardCharsets.ISO_8859_1)))
                .isInstanceOf(TarException.class);
    }

    @Test
    void times_have_nanoseconds_and_signs() throws TarException {
        assertThat(time("1.5")).isEqualTo("1970-01-01T00:00:01.500Z");
        assertThat(time("-0.000000001")).isEqualTo("1969-12-31T23:59:59.999999999Z");
        assertThat(time("7.1234567899")).isEqualTo("1970-01-01T00:00:07.123456789Z");
        for (var wrong : List.of("", "x", "1e9", ".5", "1.2.3", "9".repeat(39), "9".repeat(41))) {
            assertThatThrownBy(() -> time(wrong)).as(wrong).isInstanceOf(TarException.class);
        }
    }

    private static String time(String text) throws TarException {
        return TarNumbers.time(text.getBytes(StandardCharsets.ISO_8859_1)).toString();
    }

    @Test
    void sparse_maps_that_lie_are_refused() {
        for (var map : List.of("0,10,5,10", "0,10,100", "0,200", "90,20", "0,99999999999999999999", "-1,5", "0,5")) {
            assertThatThrownBy(() -> SparseMap.checked(SparseMap.ofCommas(map), 100, 20))
                    .as(map)
                    .isInstanceOf(TarException.class);
        }
        assertThatThrownBy(() -> SparseMap.checked(List.of(new Extent(Long.MAX_VALUE, 1)), Long.MAX_VALUE, 1))
                .isInstanceOf(TarException.class);
    }

    @Test
    void a_header_that_asks_for_gigabytes_gets_none() throws IOException {
        var archive = written(
                TarArchiveOutputStream.LONGFILE_GNU,
                TarArchiveOutputStream.BIGNUMBER_STAR,
                new TarArchiveEntry("x".repeat(200)));
        // the size of the long name
        var huge = archive.clone();
        TarNumbers.putOctal(huge, 124, 12, 1L << 32);
        sum(huge);
        assertThatThrownBy(() -> read(huge)).isInstanceOf(TarException.class).hasMessageContaining("4294967296 bytes");
    }

    private static void sum(byte[] archive) {
        Arrays.fill(archive, 148, 156, (byte) ' ');
        var sum = 0;
        for (var i = 0; i < TarHeader.BLOCK; i++) {
            sum += archive[i] & 0xff;
        }
        TarNumbers.putOctal(archive, 148, 7, sum);
    }

    /// Whatever the bytes, the reader ends with an archive or a sentence. The seed is fixed so
    /// that a failure can be seen again.
    @Test
    void damaged_archives_never_break_the_reader() throws IOException {
        var random = new Random(42);
        var good = new Tarball()
                .directory("d")
                .file("x".repeat(120), 0644, "content", Map.of("user.x", new byte[100]))
                .symlink("l", "y".repeat(150))
                .file("f", "z".repeat(3000))
                .plain();
        for (var round = 0; round < 20_000; round++) {
            var bad = Arrays.copyOf(good, random.nextInt(4) == 0 ? random.nextInt(good.length) : good.length);
            for (var changes = random.nextInt(1, 8); changes > 0 && bad.length > 0; changes--) {
                bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
            }
            for (var header = 0; header + TarHeader.BLOCK <= bad.length && random.nextBoolean(); header += 512) {
                var block = Arrays.copyOfRange(bad, header, header + TarHeader.BLOCK);
                sum(block);
                System.arraycopy(block, 0, bad, header, block.length);
            }
            try {
                var reader = new TarReader(ByteChunks.of(new ByteArrayInputStream(bad)));
                while (reader.next().isPresent()) {
                    reader.data((_, _, _, length) -> assertThat(length).isPositive());
                }
            } catch (TarException e) {
                assertThat(e.getMessage()).isNotEmpty();
            }
        }
    }
}
