package dev.coracle.shim;

import dev.coracle.base.EngineException;
import dev.coracle.core.tasks.Exit;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// The shim of one container or sandbox as we know it. Its state is the shim's; here is only how the
/// init process ended, since somebody may ask for that while the shim goes away.
final class Shim {
    private static final System.Logger LOG = System.getLogger(Shim.class.getName());

    private final String namespace;
    private final String id;
    private final Path bundle;
    private final ShimProgram program;
    private final boolean shared;
    private final CountDownLatch ended = new CountDownLatch(1);
    private final AtomicReference<@Nullable Exit> exit = new AtomicReference<>();
    private final AtomicBoolean given = new AtomicBoolean();
    private volatile @Nullable TaskApi api;
    private volatile @Nullable ShimLog log;
    private volatile int pid;

    /// @param shared whether it is the shim of a sandbox, which is not this task's to end
    Shim(String namespace, String id, Path bundle, ShimProgram program, boolean shared) {
        this.namespace = namespace;
        this.id = id;
        this.bundle = bundle;
        this.program = program;
        this.shared = shared;
    }

    String namespace() {
        return namespace;
    }

    String id() {
        return id;
    }

    Path bundle() {
        return bundle;
    }

    ShimProgram program() {
        return program;
    }

    boolean isShared() {
        return shared;
    }

    int pid() {
        return pid;
    }

    void reads(ShimLog reader) {
        log = reader;
    }

    boolean isRead() {
        return log != null;
    }

    void connected(TaskApi connection) {
        api = connection;
    }

    TaskApi api() {
        return Objects.requireNonNull(api);
    }

    void created(int initPid) {
        pid = initPid;
    }

    /// Says how the init process ended; true for the first who does.
    boolean ended(Exit how) {
        if (!exit.compareAndSet(null, how)) {
            return false;
        }
        ended.countDown();
        return true;
    }

    Optional<Exit> exit() {
        return Optional.ofNullable(exit.get());
    }

    Exit await() throws InterruptedException {
        ended.await();
        return Objects.requireNonNull(exit.get());
    }

    Optional<Exit> await(Duration limit) throws InterruptedException {
        return ended.await(limit.toNanos(), TimeUnit.NANOSECONDS) ? exit() : Optional.empty();
    }

    /// Claims the clean-up: true for one caller only.
    boolean claim() {
        return given.compareAndSet(false, true);
    }

    /// Gives the clean-up back, when it failed before anything was removed.
    void unclaim() {
        given.set(false);
    }

    /// Whether there is a connection that has not ended.
    boolean isConnected() {
        var connection = api;
        return connection != null && connection.client().isOpen();
    }

    /// Asks it to end, if it is there and ours; what comes of that shows when the connection ends.
    void shutdown(boolean now) {
        var connection = api;
        if (connection == null || shared) {
            return;
        }
        try {
            connection.shutdown(now);
        } catch (EngineException e) {
            LOG.log(System.Logger.Level.DEBUG, "end shim id=" + id, e);
        }
    }

    /// Lets go of the shim, which lives on.
    void release() {
        var connection = api;
        if (connection != null) {
            connection.close();
        }
        var reader = log;
        log = null;
        if (reader != null) {
            reader.close();
        }
    }
}
