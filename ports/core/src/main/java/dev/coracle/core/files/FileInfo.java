package dev.coracle.core.files;

import java.time.Instant;

/// What is at a path.
///
/// @param name the last part of its path
/// @param permissions with the bits for set-id and sticky
/// @param linkTarget empty for what is not a symbolic link
public record FileInfo(
        String name, long size, int permissions, boolean directory, Instant modified, String linkTarget) {}
