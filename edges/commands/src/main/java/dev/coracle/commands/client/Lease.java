package dev.coracle.commands.client;

import dev.coracle.base.EngineException;
import dev.coracle.base.EngineException.AlreadyExists;
import dev.coracle.containerd.api.leases.CreateRequest;
import dev.coracle.containerd.api.leases.DeleteRequest;
import dev.coracle.containerd.api.leases.LeasesGrpc;
import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.UUID;

/// A lease that holds everything made under it against the garbage collector until it is closed;
/// when the client dies it ends by itself after a day.
public final class Lease implements AutoCloseable {
    private static final String EXPIRE = "containerd.io/gc.expire";
    private static final Duration LIFETIME = Duration.ofHours(24);

    private final Connection connection;
    private final String id;

    private Lease(Connection connection, String id) {
        this.connection = connection;
        this.id = id;
    }

    /// Takes a lease.
    public static Lease take(Connection connection, InstantSource clock) {
        return take(connection, UUID.randomUUID().toString(), LIFETIME, clock);
    }

    /// Takes a lease by this name that outlives this program; one that is there is taken as it is.
    public static Lease named(Connection connection, String id, Duration lifetime, InstantSource clock) {
        try {
            return take(connection, id, lifetime, clock);
        } catch (AlreadyExists known) {
            return new Lease(connection, id);
        }
    }

    private static Lease take(Connection connection, String id, Duration lifetime, InstantSource clock) {
        var request = CreateRequest.newBuilder()
                .setId(id)
                .putLabels(
                        EXPIRE,
                        clock.instant()
                                .plus(lifetime)
                                .truncatedTo(ChronoUnit.SECONDS)
                                .toString())
                .build();
        var stub = connection.stub(LeasesGrpc::newBlockingStub);
        var lease = Connection.call(() -> stub.create(request)).getLease();
        return new Lease(connection, lease.getId());
    }

    /// Ends a lease by its name, if there is one.
    public static void end(Connection connection, String id) {
        var stub = connection.stub(LeasesGrpc::newBlockingStub);
        var request = DeleteRequest.newBuilder().setId(id).build();
        Connection.find(() -> stub.delete(request));
    }

    /// The connection whose calls are under the lease.
    public Connection connection() {
        return connection.withLease(id);
    }

    @Override
    public void close() {
        try {
            end(connection, id);
        } catch (EngineException.Unavailable daemonGone) {
            // the lease ends by itself
        }
    }
}
