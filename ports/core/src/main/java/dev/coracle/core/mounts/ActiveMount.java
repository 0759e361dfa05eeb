package dev.coracle.core.mounts;

import java.nio.file.Path;

/// A mount that was made, and where.
public record ActiveMount(Mount mount, Path place) {}
