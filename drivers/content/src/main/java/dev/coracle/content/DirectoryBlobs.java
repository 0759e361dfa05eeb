package dev.coracle.content;

import dev.coracle.base.Digest;
import dev.coracle.base.EngineException;
import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.base.FileFailures;
import dev.coracle.core.content.BlobFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/// Blobs as files: `blobs/<algorithm>/<hex>` and `ingest/<id>/data` below one directory, which is
/// where tools that peek into containerd's content look for them.
///
/// A blob's bytes, then its name, are on the disk before [#commit] returns. Which blobs and
/// ingests should be here is known to the metadata alone; it removes the others at start.
public final class DirectoryBlobs implements BlobFiles {
    private static final Set<PosixFilePermission> BLOB = PosixFilePermissions.fromString("r--r--r--");
    private static final Set<PosixFilePermission> DIRECTORY = PosixFilePermissions.fromString("rwx------");
    private static final Pattern INGEST_ID = Pattern.compile("[A-Za-z0-9_-]{1,128}");
    private static final List<String> ALGORITHMS = List.of("sha256", "sha512");

    private final Path blobs;
    private final Path ingests;

    private DirectoryBlobs(Path root) {
        this.blobs = root.resolve("blobs");
        this.ingests = root.resolve("ingest");
    }

    /// Opens the directory, making what is missing.
    public static DirectoryBlobs open(Path root) {
        var opened = new DirectoryBlobs(root);
        try {
            for (var algorithm : ALGORITHMS) {
                makeDirectories(opened.blobs.resolve(algorithm));
            }
            makeDirectories(opened.ingests);
        } catch (IOException e) {
            throw FileFailures.of("open content directory " + root, e);
        }
        return opened;
    }

    @Override
    public FileChannel open(Digest digest) {
        try {
            return FileChannel.open(file(digest), StandardOpenOption.READ);
        } catch (NoSuchFileException e) {
            throw new NotFound("content " + digest + " has no file", e);
        } catch (IOException e) {
            throw FileFailures.of("open content " + digest, e);
        }
    }

    @Override
    public boolean exists(Digest digest) {
        return Files.isRegularFile(file(digest));
    }

    @Override
    public long size(Digest digest) {
        try {
            return Files.size(file(digest));
        } catch (NoSuchFileException e) {
            throw new NotFound("content " + digest + " has no file", e);
        } catch (IOException e) {
            throw FileFailures.of("size of content " + digest, e);
        }
    }

    @Override
    public FileChannel ingest(String id) {
        try {
            Files.createDirectories(folder(id), PosixFilePermissions.asFileAttribute(DIRECTORY));
            var channel = FileChannel.open(
                    data(id),
                    EnumSet.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
                    PosixFilePermissions.asFileAttribute(
                            EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE)));
            channel.position(channel.size());
            return channel;
        } catch (IOException e) {
            throw FileFailures.of("open ingest " + id, e);
        }
    }

    @Override
    public long ingested(String id) {
        try {
            return Files.size(data(id));
        } catch (NoSuchFileException _) {
            return 0;
        } catch (IOException e) {
            throw FileFailures.of("size of ingest " + id, e);
        }
    }

    @Override
    public void commit(String id, Digest digest) {
        try {
            var data = data(id);
            var blob = file(digest);
            if (Files.exists(data) && !isWhole(blob, Files.size(data))) {
                sync(data);
                Files.setPosixFilePermissions(data, BLOB);
                Files.move(data, blob, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                sync(blobs.resolve(digest.algorithm()));
            } else if (!Files.exists(blob)) {
                throw new NotFound("commit ingest " + id + " as " + digest + ": nothing was written");
            }
        } catch (IOException e) {
            throw FileFailures.of("commit ingest " + id + " as " + digest, e);
        }
        dropIngest(id);
    }

    /// A file of another length under the same name was cut by a loss of power or by hand.
    private static boolean isWhole(Path blob, long size) throws IOException {
        return Files.exists(blob) && Files.size(blob) == size;
    }

    @Override
    public void dropIngest(String id) {
        try {
            Files.deleteIfExists(data(id));
            Files.deleteIfExists(folder(id));
        } catch (IOException e) {
            throw FileFailures.of("remove ingest " + id, e);
        }
    }

    @Override
    public void remove(Digest digest) {
        try {
            Files.deleteIfExists(file(digest));
        } catch (IOException e) {
            throw FileFailures.of("remove content " + digest, e);
        }
    }

    @Override
    public List<Digest> blobs() {
        var found = new ArrayList<Digest>();
        for (var algorithm : ALGORITHMS) {
            for (var name : names(blobs.resolve(algorithm))) {
                try {
                    found.add(new Digest(algorithm, name));
                } catch (InvalidArgument _) {
                    // Not ours, so it is neither a blob nor ours to remove.
                }
            }
        }
        return found;
    }

    @Override
    public List<String> ingests() {
        return names(ingests).stream()
                .filter(name -> INGEST_ID.matcher(name).matches())
                .toList();
    }

    private static List<String> names(Path directory) {
        try (var entries = Files.newDirectoryStream(directory)) {
            var names = new ArrayList<String>();
            entries.forEach(entry -> names.add(entry.getFileName().toString()));
            return names;
        } catch (IOException e) {
            throw FileFailures.of("list " + directory, e);
        }
    }

    private static void makeDirectories(Path directory) throws IOException {
        Files.createDirectories(directory, PosixFilePermissions.asFileAttribute(DIRECTORY));
    }

    /// Opened for reading, which also works for a directory: fsync(2) takes either.
    private static void sync(Path path) throws IOException {
        try (var channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private Path file(Digest digest) {
        return blobs.resolve(digest.algorithm()).resolve(digest.hex());
    }

    private Path data(String id) {
        return folder(id).resolve("data");
    }

    private Path folder(String id) {
        if (!INGEST_ID.matcher(id).matches()) {
            throw new EngineException.Internal("ingest id \"" + id + "\" is not one of the metadata's");
        }
        return ingests.resolve(id);
    }
}
