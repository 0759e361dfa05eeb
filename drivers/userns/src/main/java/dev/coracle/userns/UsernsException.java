package dev.coracle.userns;

import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A step of making the namespaces failed: what was attempted and why, and what a person can do about it.
public final class UsernsException extends IOException {
    private static final long serialVersionUID = 1;

    private final @Nullable String remedy;

    public UsernsException(String message) {
        this(message, null, null);
    }

    public UsernsException(String message, @Nullable String remedy) {
        this(message, remedy, null);
    }

    public UsernsException(String message, @Nullable String remedy, @Nullable Throwable cause) {
        super(message, cause);
        this.remedy = remedy;
    }

    public Optional<String> remedy() {
        return Optional.ofNullable(remedy);
    }
}
