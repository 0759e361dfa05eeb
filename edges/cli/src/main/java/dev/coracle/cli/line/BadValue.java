package dev.coracle.cli.line;

/// A value that a flag does not take; the message is the reason only.
public final class BadValue extends RuntimeException {
    private static final long serialVersionUID = 1;

    public BadValue(String reason) {
        super(reason, null, false, false);
    }

    public String reason() {
        return String.valueOf(getMessage());
    }
}
