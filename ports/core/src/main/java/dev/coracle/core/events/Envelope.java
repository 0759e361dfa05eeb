package dev.coracle.core.events;

import java.time.Instant;

/// An event with when and where.
public record Envelope(Instant timestamp, String namespace, Event event) {}
