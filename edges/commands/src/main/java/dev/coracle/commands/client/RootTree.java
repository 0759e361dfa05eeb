package dev.coracle.commands.client;

import dev.coracle.base.EngineException;
import dev.coracle.base.EngineException.Unavailable;
import dev.coracle.core.mounts.Mount;
import dev.coracle.core.mounts.Mounter;
import dev.coracle.linux.Directory;
import dev.coracle.linux.Errno;
import dev.coracle.linux.ErrnoException;
import dev.coracle.linux.FileName;
import dev.coracle.linux.FileStatus;
import dev.coracle.linux.RootedPath;
import dev.coracle.oci.Accounts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/// Looks into a container's root file system from this side: for the accounts of its image.
public final class RootTree {
    private static final int LARGEST = 10 << 20;

    private RootTree() {}

    /// The accounts in the tree that these mounts make. A single bind mount is read where it is;
    /// others are mounted, read-only, for a moment.
    public static Accounts accounts(List<Mount> mounts, Mounter mounter) {
        if (mounts.size() == 1 && mounts.getFirst().type().equals("bind")) {
            return accounts(Path.of(mounts.getFirst().source()));
        }
        Path place;
        try {
            place = Files.createTempDirectory("ctr-root-");
        } catch (IOException e) {
            throw new Unavailable("make a temporary directory: " + e.getMessage(), e);
        }
        try {
            mounter.mount(mounts, place);
            return accounts(place);
        } catch (EngineException e) {
            throw e.within("look up users in the image");
        } finally {
            mounter.unmount(place);
            place.toFile().delete();
        }
    }

    /// The accounts in a tree.
    public static Accounts accounts(Path root) {
        try (var directory = Directory.open(root)) {
            var inside = new RootedPath(directory, RootedPath.Escape.STAYS_INSIDE);
            return new Accounts(read(inside, "etc/passwd"), read(inside, "etc/group"));
        } catch (IOException e) {
            throw new Unavailable("look up users in " + root + ": " + e.getMessage(), e);
        }
    }

    /// A regular file's text; empty when there is none. The path is the image's to bend.
    private static String read(RootedPath inside, String name) throws IOException {
        try (var file = inside.open(FileName.of(name), Set.of(dev.coracle.linux.OpenFlag.NON_BLOCKING), 0)) {
            if (file.status().type() != FileStatus.Type.FILE) {
                throw new IOException(name + " is not a regular file");
            }
            var bytes = file.input().readNBytes(LARGEST + 1);
            if (bytes.length > LARGEST) {
                throw new IOException(name + " exceeds " + LARGEST + " bytes");
            }
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ENOENT || e.errno() == Errno.ENOTDIR) {
                return "";
            }
            throw e;
        }
    }
}
