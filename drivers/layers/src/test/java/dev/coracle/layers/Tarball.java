package dev.coracle.layers;

import dev.coracle.layers.TarEntry.Owner;
import dev.coracle.linux.FileName;
import dev.coracle.linux.Self;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;

/// An archive put together entry by entry; also such as no archiver would write. Files belong to
/// whoever runs the test, so that it needs no rights.
final class Tarball {
    static final Instant TIME = Instant.ofEpochSecond(1_600_000_000, 123_456_789);

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final TarWriter tar = new TarWriter(bytes);

    Tarball directory(String name) {
        return entry(new TarEntry(EntryType.DIRECTORY, FileName.of(name), Optional.empty(), owner(0755), 0, TIME));
    }

    Tarball file(String name, String content) {
        return file(name, 0644, content, Map.of());
    }

    Tarball file(String name, int mode, String content, Map<String, byte[]> attributes) {
        var data = content.getBytes(StandardCharsets.UTF_8);
        entry(new TarEntry(
                EntryType.FILE,
                FileName.of(name),
                Optional.empty(),
                owner(mode),
                data.length,
                TIME,
                TarEntry.NO_DEVICE,
                Optional.empty(),
                attributes));
        try {
            tar.data(data, 0, data.length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    Tarball symlink(String name, String target) {
        return entry(new TarEntry(
                EntryType.SYMLINK, FileName.of(name), Optional.of(FileName.of(target)), owner(0777), 0, TIME));
    }

    Tarball hardLink(String name, String target) {
        return entry(new TarEntry(
                EntryType.HARD_LINK, FileName.of(name), Optional.of(FileName.of(target)), owner(0644), 0, TIME));
    }

    Tarball special(EntryType type, String name) {
        return entry(new TarEntry(type, FileName.of(name), Optional.empty(), owner(0600), 0, TIME));
    }

    Tarball entry(TarEntry entry) {
        try {
            tar.begin(entry);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    private static Owner owner(int mode) {
        return new Owner(mode, Self.effectiveUid(), Self.effectiveGid());
    }

    byte[] plain() {
        try {
            tar.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    byte[] gzip() {
        return gzip(plain());
    }

    static byte[] gzip(byte[] plain) {
        var compressed = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(compressed)) {
            gzip.write(plain);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return compressed.toByteArray();
    }
}
