package dev.coracle.engine.images;

import dev.coracle.base.EngineException.NotFound;
import dev.coracle.core.stores.NamespaceStores;
import dev.coracle.core.stores.Scope;
import dev.coracle.core.stores.Stores;
import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;

/// Holds what a use case makes against the garbage collector until it is closed. What a daemon that
/// dies meanwhile leaves is let go of by the next one: [AbandonedLeases].
final class TemporaryLease implements AutoCloseable {
    /// The label of such leases.
    static final String MARK = "dev.coracle/temporary";

    private static final String EXPIRE = "containerd.io/gc.expire";
    private static final Duration LIFETIME = Duration.ofHours(24);

    private final NamespaceStores plain;
    private final NamespaceStores leased;
    private final Optional<String> own;

    private TemporaryLease(NamespaceStores plain, NamespaceStores leased, Optional<String> own) {
        this.plain = plain;
        this.leased = leased;
        this.own = own;
    }

    /// Takes a lease, unless the scope has one already: that is the caller's to end.
    static TemporaryLease take(Stores stores, Scope scope, InstantSource clock) {
        var plain = stores.in(scope);
        if (scope.lease().isPresent()) {
            return new TemporaryLease(plain, plain, Optional.empty());
        }
        var end = clock.instant().plus(LIFETIME).truncatedTo(ChronoUnit.SECONDS);
        var lease = plain.leases().create(Optional.empty(), Map.of(EXPIRE, end.toString(), MARK, "true"));
        return new TemporaryLease(plain, stores.in(scope.leased(lease.id())), Optional.of(lease.id()));
    }

    /// The stores whose new members are held.
    NamespaceStores stores() {
        return leased;
    }

    @Override
    public void close() {
        own.ifPresent(id -> {
            try {
                plain.leases().delete(id);
            } catch (NotFound ended) {
                // somebody removed it by hand
            }
        });
    }
}
