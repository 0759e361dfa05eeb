package dev.coracle.rootlesskit;

/// The command line is wrong. `showHelp` tells whether the flags themselves were not understood.
final class UsageException extends Exception {
    private static final long serialVersionUID = 1;

    private final boolean showHelp;

    UsageException(String message, boolean showHelp) {
        super(message);
        this.showHelp = showHelp;
    }

    UsageException(String message) {
        this(message, false);
    }

    boolean showHelp() {
        return showHelp;
    }
}
