package dev.coracle.setup;

import java.util.List;

/// A step that cannot be done, and what to do about it.
final class SetupException extends Exception {
    private static final long serialVersionUID = 1;

    private final transient List<String> hints;

    SetupException(String message, String... hints) {
        super(message);
        this.hints = List.of(hints);
    }

    List<String> hints() {
        return hints;
    }
}
