package dev.coracle.oci;

import dev.coracle.base.EngineException.InvalidArgument;
import java.util.Optional;

/// What a CNI plugin answers when it fails (SPEC.md, "Error").
///
/// @param code below 100 of the specification's, else the plugin's own
public record CniFailure(long code, String message, String details) {
    /// The plugin asks to be called again later (SPEC.md, error code 11).
    public static final long AGAIN = 11;

    /// Empty when that is not what it answered.
    public static Optional<CniFailure> parse(byte[] text) {
        try {
            var failure = Json.object(text, "CNI error");
            var message = Json.text(failure, "msg", "CNI error");
            return message.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new CniFailure(
                            Json.whole(failure, "code", "CNI error"),
                            message,
                            Json.text(failure, "details", "CNI error")));
        } catch (InvalidArgument other) {
            return Optional.empty();
        }
    }

    /// In one sentence.
    public String sentence() {
        return details.isEmpty() ? message : message + ": " + details;
    }
}
