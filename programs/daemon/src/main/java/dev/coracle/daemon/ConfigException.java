package dev.coracle.daemon;

/// A configuration that cannot be used: which file and line, which key, what is wrong with it.
final class ConfigException extends Exception {
    private static final long serialVersionUID = 1;

    ConfigException(String message) {
        super(message);
    }

    ConfigException(String message, Throwable cause) {
        super(message, cause);
    }
}
