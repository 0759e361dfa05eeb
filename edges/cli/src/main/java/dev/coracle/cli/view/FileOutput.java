package dev.coracle.cli.view;

import dev.coracle.cli.Session;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/// Bytes for a file, which is whole or not there, or for stdout.
public final class FileOutput {
    private FileOutput() {}

    /// What writes the bytes.
    @FunctionalInterface
    public interface Source {
        void writeTo(OutputStream out) throws IOException, InterruptedException;
    }

    /// @param name the file; empty: stdout
    public static void write(Session session, String name, Source source) throws IOException, InterruptedException {
        if (name.isEmpty()) {
            source.writeTo(session.out().bytes());
            session.out().flush();
            return;
        }
        var file = session.path(name);
        if (!Files.isRegularFile(file) && Files.exists(file)) {
            try (var out = Files.newOutputStream(file)) { // a device or a pipe
                source.writeTo(out);
            }
            return;
        }
        replace(file, source);
    }

    private static void replace(Path file, Source source) throws IOException, InterruptedException {
        var folder = file.toAbsolutePath().getParent();
        var temporary = Files.createTempFile(folder == null ? Path.of("/") : folder, ".coracle-", ".part");
        try {
            try (var out = new BufferedOutputStream(Files.newOutputStream(temporary), 1 << 16)) {
                source.writeTo(out);
            }
            Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }
}
