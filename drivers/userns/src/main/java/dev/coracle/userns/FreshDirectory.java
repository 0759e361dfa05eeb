package dev.coracle.userns;

import dev.coracle.linux.Self;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/// A new directory that nobody else may enter. Its name need not be hard to guess, because making it fails where there
/// is anything; the JDK's way costs a start 20 ms for its random numbers.
final class FreshDirectory {
    private static final int ATTEMPTS = 1000;

    private FreshDirectory() {}

    static Path create(Path parent, String prefix) throws IOException {
        var owner = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
        for (var attempt = 1; ; attempt++) {
            var path = parent.resolve(prefix + Self.pid() + Long.toUnsignedString(System.nanoTime()));
            try {
                return Files.createDirectory(path, owner);
            } catch (FileAlreadyExistsException taken) {
                if (attempt == ATTEMPTS) {
                    throw taken;
                }
            }
        }
    }
}
