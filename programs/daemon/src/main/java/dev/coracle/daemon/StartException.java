package dev.coracle.daemon;

import java.util.Optional;

/// The daemon cannot start: what was attempted and why, and what the person can do.
final class StartException extends Exception {
    private static final long serialVersionUID = 1;

    private final String remedy;

    StartException(String message, String remedy) {
        super(message);
        this.remedy = remedy;
    }

    StartException(String message, String remedy, Throwable cause) {
        super(message, cause);
        this.remedy = remedy;
    }

    Optional<String> remedy() {
        return remedy.isEmpty() ? Optional.empty() : Optional.of(remedy);
    }
}
