package dev.coracle.daemon;

import dev.coracle.containerd.grpc.ContainerdServer;
import dev.coracle.containerd.grpc.ContainerdServer.About;
import dev.coracle.containerd.grpc.ContainerdServer.Limits;
import dev.coracle.containerd.grpc.DaemonIdentity;
import dev.coracle.containerd.grpc.RestartMonitor;
import dev.coracle.containerd.grpc.TtrpcServer;
import dev.coracle.engine.Engine;
import dev.coracle.linux.FilePages;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/// A running daemon: its directories, the assembled engine and the two sockets. Closing lets go
/// of them in reverse order. Containers are left running, unless the supervisor ends with the daemon: the namespaces
/// that they live in do then.
final class Daemon implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("dev.coracle.daemon");

    /// For what is killed after its time, and for ourselves.
    private static final Duration AFTER_THE_LAST = Duration.ofSeconds(60);

    private static final Duration LONGEST_END = Duration.ofDays(1);

    private static final String METRICS = "io.containerd.server.v1.metrics";

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Readiness readiness;
    private final Supervisor supervisor;
    private Optional<Engine> engine = Optional.empty();
    private static final Duration SETTLED = Duration.ofSeconds(5);

    private int metricsPort;

    private Daemon(Readiness readiness, Supervisor supervisor) {
        this.readiness = readiness;
        this.supervisor = supervisor;
    }

    /// Starts everything; when this returns, the sockets answer.
    ///
    /// @throws StartException when something stands in the way; nothing is left open then
    static Daemon start(DaemonConfig config, Environment environment) throws StartException {
        var daemon = new Daemon(new Readiness(environment.notifySocket()), new Supervisor(environment.supervisor()));
        try {
            daemon.open(config, environment);
            return daemon;
        } catch (StartException | RuntimeException e) {
            daemon.release();
            throw e;
        }
    }

    private void open(DaemonConfig config, Environment environment) throws StartException {
        var directories = keep(Directories.open(config.root(), config.state()));
        var grpcSocket = SocketFile.prepare(config.grpc());
        var ttrpcSocket = SocketFile.prepare(config.ttrpc());
        var identity = new DaemonIdentity(Release.VERSION, Release.REVISION, directories.uuid(), pid(), pidNamespace());
        scoreForMemoryShortage(config.oomScore());
        var assembly = Assembly.open(config, environment, identity, this::keep);
        engine = Optional.of(assembly.engine());
        requirePlugins(config.requiredPlugins(), assembly);
        keep(ttrpcSocket::remove);
        keep(listenTtrpc(ttrpcSocket, assembly));
        keep(Forwarding.open(config.grpc().address(), supervisor.folder(), assembly));
        keep(grpcSocket::remove);
        LibraryLogs.redirect();
        var about = new About(identity, assembly::plugins, assembly.architecture());
        var server = keep(listen(grpcSocket, assembly, about, limits(config)));
        var metrics = config.tree().table("plugins", METRICS).text("address").orElse("");
        if (!metrics.isEmpty()) {
            metricsPort =
                    keep(MetricsEndpoint.open(metrics, server.metrics()::text)).port();
        }
        server.serving(true);
        keep(RestartMonitor.open(assembly.ports(), config.restartInterval(), InstantSource.system()));
        keep(supervisor.serving(config.grpc().address()));
        readiness.ready();
        keep(settleLater());
    }

    /// What starting took of the pages of files is given back when the start is over.
    private static AutoCloseable settleLater() {
        var thread = Thread.ofVirtual().name("settle").start(() -> {
            try {
                Thread.sleep(SETTLED);
                FilePages.release();
            } catch (IOException failure) {
                LOG.log(Level.DEBUG, "memory is kept: " + Directories.reason(failure));
            } catch (InterruptedException _) {
                // closed
            }
        });
        return thread::interrupt;
    }

    private static Limits limits(DaemonConfig config) {
        return new Limits(
                config.largestReceived(),
                config.largestSent(),
                config.tree().table("plugins", METRICS).flag("grpc_histogram"));
    }

    /// An ordinary user may only raise it; that it stays as it is keeps nothing from working.
    private static void scoreForMemoryShortage(int score) {
        if (score == 0) {
            return;
        }
        try {
            Files.writeString(Path.of("/proc/self/oom_score_adj"), Integer.toString(score));
        } catch (IOException e) {
            LOG.log(Level.WARNING, "oom_score is not honoured score=" + score + " error=" + Directories.reason(e));
        }
    }

    private static void requirePlugins(List<String> required, Assembly assembly) throws StartException {
        if (required.isEmpty()) {
            return;
        }
        var plugins = assembly.plugins();
        for (var name : required) {
            var found = plugins.stream()
                    .filter(plugin -> name.equals(plugin.type() + "." + plugin.id()))
                    .findFirst()
                    .orElseThrow(() -> new StartException(
                            "load required plugin " + name + ": this daemon has no such plugin",
                            "take it out of required_plugins"));
            if (found.initError().isPresent()) {
                throw new StartException(
                        "load required plugin " + name + ": "
                                + found.initError().get(),
                        "");
            }
        }
    }

    private <T extends AutoCloseable> T keep(T resource) {
        opened.push(resource);
        return resource;
    }

    private static ContainerdServer listen(SocketFile socket, Assembly assembly, About about, Limits limits)
            throws StartException {
        try {
            var server = ContainerdServer.open(socket.path(), assembly.ports(), about, limits);
            socket.own();
            LOG.log(Level.INFO, "serving... address=" + socket.path());
            return server;
        } catch (IOException e) {
            throw new StartException("listen on " + socket.path() + ": " + e.getMessage(), "", e);
        }
    }

    private static TtrpcServer listenTtrpc(SocketFile socket, Assembly assembly) throws StartException {
        try {
            var server = TtrpcServer.open(socket.path(), assembly.ports().events());
            socket.own();
            LOG.log(Level.INFO, "serving... address=" + socket.path());
            return server;
        } catch (IOException e) {
            throw new StartException("listen on " + socket.path() + ": " + e.getMessage(), "", e);
        }
    }

    private static long pid() {
        try {
            return Long.parseLong(
                    String.valueOf(Path.of("/proc/self").toRealPath().getFileName()));
        } catch (IOException | NumberFormatException _) {
            return 0;
        }
    }

    private static long pidNamespace() {
        try {
            return (Long) Files.getAttribute(Path.of("/proc/self/ns/pid"), "unix:ino");
        } catch (IOException _) {
            return 0; // without /proc nobody can look for us there either
        }
    }

    /// Where metrics are served; 0 for nowhere.
    int metricsPort() {
        return metricsPort;
    }

    /// Waits until somebody closes the daemon.
    void awaitEnd() throws InterruptedException {
        ended.await();
    }

    @Override
    public void close() {
        // for systemd a daemon that stops is the end of the whole unit
        if (!supervisor.startsAnother()) {
            readiness.stopping();
        }
        LOG.log(Level.INFO, "stopping containerd");
        if (supervisor.isEnding()) {
            engine.ifPresent(this::endContainers);
        }
        release();
        ended.countDown();
    }

    private void endContainers(Engine all) {
        var longest = all.endsWithin();
        readiness.stoppingWithin((longest.compareTo(LONGEST_END) > 0 ? LONGEST_END : longest).plus(AFTER_THE_LAST));
        try {
            all.end();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            LOG.log(Level.WARNING, "interrupted while containers ended");
        }
    }

    private void release() {
        while (!opened.isEmpty()) {
            var resource = opened.pop();
            try {
                resource.close();
            } catch (Exception e) { // each must get its turn, whatever the one before it did
                LOG.log(Level.ERROR, "stop failed", e);
            }
        }
    }
}
