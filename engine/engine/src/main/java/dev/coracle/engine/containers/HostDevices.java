package dev.coracle.engine.containers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// The devices of the host that a privileged container gets.
final class HostDevices {
    /// What a container has its own of.
    private static final Set<String> OWN =
            Set.of("pts", "shm", "mqueue", "fd", "console", "ptmx", "null", "zero", "full", "random", "urandom", "tty");

    private HostDevices() {}

    /// Those below the directory that the account can open; the others would be of no use to it.
    static List<String> usable(Path directory) {
        var found = new ArrayList<String>();
        try {
            Files.walkFileTree(directory, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                    return isOwn(folder) || !Files.isReadable(folder)
                            ? FileVisitResult.SKIP_SUBTREE
                            : FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    if (attributes.isOther() && !isOwn(file) && isDevice(file) && isUsable(file)) {
                        found.add(file.toString());
                    }
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException gone) {
                    return FileVisitResult.CONTINUE;
                }

                private boolean isOwn(Path path) {
                    return directory.equals(path.getParent())
                            && OWN.contains(path.getFileName().toString());
                }
            });
        } catch (IOException failure) {
            throw new UncheckedIOException("list the devices in " + directory, failure);
        }
        found.sort(null);
        return List.copyOf(found);
    }

    private static boolean isUsable(Path file) {
        return Files.isReadable(file) || Files.isWritable(file);
    }

    /// Neither a socket nor a named pipe.
    private static boolean isDevice(Path file) throws IOException {
        var type = (int) Files.getAttribute(file, "unix:mode") & 0170000;
        return type == 0020000 || type == 0060000;
    }
}
