package dev.coracle.layers;

import java.io.IOException;

/// The archive is broken, hostile or larger than allowed: the fault of the layer, not of this
/// machine.
final class TarException extends IOException {
    private static final long serialVersionUID = 1;

    TarException(String message) {
        super(message);
    }

    TarException(String message, Throwable cause) {
        super(message, cause);
    }
}
