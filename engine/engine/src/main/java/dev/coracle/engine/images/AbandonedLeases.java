package dev.coracle.engine.images;

import dev.coracle.base.EngineException.NotFound;
import dev.coracle.core.leases.Lease;
import dev.coracle.core.leases.LeaseStore;
import dev.coracle.core.stores.Scope;
import dev.coracle.core.stores.Stores;
import java.util.List;

/// What a killed daemon held for work that nobody goes on with: half of a pull, the layers of a commit.
public final class AbandonedLeases {
    private AbandonedLeases() {}

    /// Lets go of it, in every namespace. To be called before any work is begun.
    public static void release(Stores stores) {
        for (var namespace : stores.namespaces().list()) {
            var leases = stores.in(Scope.of(namespace)).leases();
            leases.list(List.of()).stream()
                    .filter(AbandonedLeases::isTemporary)
                    .forEach(lease -> delete(leases, lease));
        }
    }

    private static void delete(LeaseStore leases, Lease lease) {
        try {
            leases.delete(lease.id());
        } catch (NotFound expired) {
            // as wished
        }
    }

    private static boolean isTemporary(Lease lease) {
        return lease.labels().containsKey(TemporaryLease.MARK);
    }
}
