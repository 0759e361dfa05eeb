package dev.coracle.userns;

import dev.coracle.userns.NetworkDriver.Connection;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Keeps a network connected: a driver that dies is started again in the same place, at growing intervals as long as
/// that
/// fails.
public final class Supervision implements AutoCloseable {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    /// What depends on the driver and is to be made again.
    public interface Dependent {
        void again() throws IOException, InterruptedException;
    }

    private final NetworkDriver driver;
    private final NetworkTarget target;
    private final Consumer<String> tell;
    private Dependent dependent = () -> {};
    private @Nullable Connection connection;
    private boolean closed;

    private Supervision(NetworkDriver driver, NetworkTarget target, Consumer<String> tell) {
        this.driver = driver;
        this.target = target;
        this.tell = tell;
    }

    /// Connects, and fails if that fails the first time.
    ///
    /// @param tell what to do with the news that it died or lives again
    public static Supervision start(NetworkDriver driver, NetworkTarget target, Consumer<String> tell)
            throws IOException, InterruptedException {
        var supervision = new Supervision(driver, target, tell);
        supervision.connect();
        return supervision;
    }

    /// Called after each time it was connected again.
    public synchronized void setDependent(Dependent then) {
        dependent = then;
    }

    /// What the network has told about itself, at its last start.
    public synchronized Optional<NetworkDriver.Addresses> addresses() {
        return connection == null ? Optional.empty() : connection.addresses();
    }

    private synchronized void connect() throws IOException, InterruptedException {
        var made = driver.connect(target);
        connection = made;
        made.onEnd(() -> Thread.ofPlatform().name("network-driver").daemon().start(() -> again(made)));
    }

    private synchronized void again(Connection ended) {
        if (closed || !ended.equals(connection)) {
            return;
        }
        try {
            ended.close();
            for (var pause = FIRST_PAUSE; ; pause = longer(pause)) {
                TimeUnit.NANOSECONDS.timedWait(this, pause.toNanos());
                // some drivers end with the namespace, which is no accident
                if (closed || !target.exists() || isConnected()) {
                    return;
                }
            }
        } catch (IOException failure) {
            tell.accept("the network driver is not started again: " + failure.getMessage());
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private static Duration longer(Duration pause) {
        var twice = pause.multipliedBy(2);
        return twice.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : twice;
    }

    private boolean isConnected() throws InterruptedException {
        try {
            connect();
            dependent.again();
            tell.accept("the network driver died and was started again");
            return true;
        } catch (IOException failure) {
            tell.accept("the network driver died and cannot be started again: " + failure.getMessage());
            return false;
        }
    }

    @Override
    public synchronized void close() throws IOException {
        closed = true;
        notifyAll();
        if (connection != null) {
            connection.close();
        }
    }
}
