package dev.coracle.daemon;

/// A command line that means nothing here.
final class UsageException extends Exception {
    private static final long serialVersionUID = 1;

    UsageException(String message) {
        super(message);
    }
}
