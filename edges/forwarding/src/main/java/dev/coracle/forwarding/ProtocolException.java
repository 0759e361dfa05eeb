package dev.coracle.forwarding;

import java.io.IOException;

/// The other end sent what the protocol does not have.
final class ProtocolException extends IOException {
    private static final long serialVersionUID = 1;

    ProtocolException(String message) {
        super(message);
    }
}
