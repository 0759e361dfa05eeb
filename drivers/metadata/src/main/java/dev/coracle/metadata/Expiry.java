package dev.coracle.metadata;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Optional;

/// When an object ends by its label.
final class Expiry {
    private Expiry() {}

    /// The time in the label; a label that is no time does not end anything.
    static Optional<Instant> of(Map<String, String> labels) {
        var text = labels.get(Store.EXPIRE);
        if (text == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(OffsetDateTime.parse(text).toInstant());
        } catch (DateTimeParseException _) {
            return Optional.empty();
        }
    }
}
