package dev.coracle.cli;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Optional;

/// Files of the person who calls.
public final class ClientFiles {
    private static final int LARGEST = 16 << 20;

    private ClientFiles() {}

    /// What is wrong with a file, as C programs say it.
    public static String reason(IOException e) {
        return switch (e) {
            case NoSuchFileException missing -> "open " + missing.getFile() + ": no such file or directory";
            case AccessDeniedException denied -> "open " + denied.getFile() + ": permission denied";
            case FileAlreadyExistsException there -> "open " + there.getFile() + ": file exists";
            case FileSystemException other ->
                "open " + other.getFile() + ": "
                        + Optional.ofNullable(other.getReason())
                                .orElse("failed")
                                .toLowerCase(java.util.Locale.ROOT);
            default -> Optional.ofNullable(e.getMessage()).orElse("input or output failed");
        };
    }

    /// The text of a small file.
    ///
    /// @throws IOException when it cannot be read, or is larger than 16 MiB
    public static String text(java.nio.file.Path file) throws IOException {
        try (var in = java.nio.file.Files.newInputStream(file)) {
            var bytes = in.readNBytes(LARGEST + 1);
            if (bytes.length > LARGEST) {
                throw new IOException("read " + file + ": larger than " + LARGEST + " bytes");
            }
            return new String(bytes, java.nio.charset.StandardCharsets.UTF_8);
        }
    }
}
