package dev.coracle.core.testkit;

import dev.coracle.base.Digest;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.core.content.BlobFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;

/// Blobs as plain files, without any care for durability: for tests of what stands above.
public final class FolderBlobs implements BlobFiles {
    private final Path blobs;
    private final Path ingests;

    public FolderBlobs(Path root) {
        blobs = root.resolve("blobs");
        ingests = root.resolve("ingests");
        try {
            Files.createDirectories(blobs);
            Files.createDirectories(ingests);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Where a blob's bytes are, for tests that damage them.
    public Path file(Digest digest) {
        return blobs.resolve(digest.toString());
    }

    @Override
    public FileChannel open(Digest digest) {
        try {
            return FileChannel.open(file(digest), StandardOpenOption.READ);
        } catch (NoSuchFileException e) {
            throw new NotFound("content " + digest + " has no file", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public boolean exists(Digest digest) {
        return Files.exists(file(digest));
    }

    @Override
    public long size(Digest digest) {
        try {
            return Files.size(file(digest));
        } catch (NoSuchFileException e) {
            throw new NotFound("content " + digest + " has no file", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public FileChannel ingest(String id) {
        try {
            var channel = FileChannel.open(
                    ingests.resolve(id), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            return channel.position(channel.size());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public long ingested(String id) {
        try {
            return Files.exists(ingests.resolve(id)) ? Files.size(ingests.resolve(id)) : 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void commit(String id, Digest digest) {
        try {
            if (exists(digest)) {
                dropIngest(id);
            } else {
                Files.move(ingests.resolve(id), file(digest), StandardCopyOption.ATOMIC_MOVE);
            }
        } catch (NoSuchFileException e) {
            throw new NotFound("commit ingest " + id + ": nothing was written", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void dropIngest(String id) {
        delete(ingests.resolve(id));
    }

    @Override
    public void remove(Digest digest) {
        delete(file(digest));
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public List<Digest> blobs() {
        return names(blobs).stream().map(Digest::parse).toList();
    }

    @Override
    public List<String> ingests() {
        return names(ingests);
    }

    private static List<String> names(Path folder) {
        try (var entries = Files.list(folder)) {
            return entries.map(entry -> entry.getFileName().toString()).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
