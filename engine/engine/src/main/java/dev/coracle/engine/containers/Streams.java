package dev.coracle.engine.containers;

import java.io.InputStream;
import java.io.OutputStream;

/// The caller's ends of a container's standard streams. They stay the caller's to close.
public record Streams(InputStream in, OutputStream out, OutputStream err) {
    /// Nothing to read, and what is written is dropped.
    public static Streams none() {
        return new Streams(
                InputStream.nullInputStream(), OutputStream.nullOutputStream(), OutputStream.nullOutputStream());
    }
}
