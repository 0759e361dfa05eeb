package dev.coracle.oci;

import dev.coracle.base.EngineException.InvalidArgument;
import java.util.List;

/// One error of a registry's error body (distribution-spec, "Error Codes").
public record RegistryError(String code, String message) {
    private static final int LARGEST = 64 << 10;
    private static final String WHAT = "registry error";

    /// The errors in a response body; empty when it is something else than an error body.
    public static List<RegistryError> parse(byte[] body) {
        if (body.length == 0 || body.length > LARGEST) {
            return List.of();
        }
        try {
            return Json.elements(
                    Json.object(body, WHAT).path("errors"),
                    WHAT,
                    node -> new RegistryError(Json.text(node, "code", WHAT), Json.text(node, "message", WHAT)));
        } catch (InvalidArgument notAnErrorBody) {
            return List.of();
        }
    }

    @Override
    public String toString() {
        return message.isEmpty() ? code : code + ": " + message;
    }
}
