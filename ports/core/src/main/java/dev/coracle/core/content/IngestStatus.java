package dev.coracle.core.content;

import dev.coracle.base.Digest;
import java.time.Instant;
import java.util.Optional;

/// How far a write has come. `offset` and `total` in bytes; a total of 0 is not known.
public record IngestStatus(
        String ref, long offset, long total, Optional<Digest> expected, Instant startedAt, Instant updatedAt) {}
