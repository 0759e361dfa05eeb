package dev.coracle.core.stores;

import dev.coracle.base.Identifiers;
import java.util.Optional;

/// Where a caller stands: its namespace, and the lease that keeps whatever it makes or finds.
public record Scope(String namespace, Optional<String> lease) {
    public Scope {
        Identifiers.require("namespace", namespace);
    }

    public static Scope of(String namespace) {
        return new Scope(namespace, Optional.empty());
    }

    public Scope leased(String lease) {
        return new Scope(namespace, Optional.of(lease));
    }
}
