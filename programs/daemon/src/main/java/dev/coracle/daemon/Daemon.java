package dev.coracle.daemon;

import dev.coracle.containerd.grpc.ContainerdServer;
import dev.coracle.containerd.grpc.ContainerdServer.About;
import dev.coracle.containerd.grpc.ContainerdServer.Limits;
import dev.coracle.containerd.grpc.DaemonIdentity;
import dev.coracle.containerd.grpc.RestartMonitor;
import dev.coracle.containerd.grpc.TtrpcServer;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/// A running daemon: its directories, the assembled engine and the two sockets. Closing lets go
/// of them in reverse order; containers are left running.
final class Daemon implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("dev.coracle.daemon");

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Readiness readiness;

    private Daemon(Readiness readiness) {
        this.readiness = readiness;
    }

    /// Starts everything; when this returns, the sockets answer.
    ///
    /// @throws StartException when something stands in the way; nothing is left open then
    static Daemon start(DaemonConfig config, Environment environment) throws StartException {
        var daemon = new Daemon(new Readiness(environment.notifySocket(), environment.supervised()));
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
        var assembly = Assembly.open(config, environment, this::keep);
        requirePlugins(config.requiredPlugins(), assembly);
        keep(ttrpcSocket::remove);
        keep(listenTtrpc(ttrpcSocket, assembly));
        keep(Forwarding.open(config.grpc().address(), assembly));
        keep(grpcSocket::remove);
        LibraryLogs.redirect();
        var about = new About(identity, assembly::plugins, assembly.architecture());
        var server =
                keep(listen(grpcSocket, assembly, about, new Limits(config.largestReceived(), config.largestSent())));
        server.serving(true);
        keep(RestartMonitor.open(assembly.ports(), config.restartInterval(), InstantSource.system()));
        readiness.ready();
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

    /// Waits until somebody closes the daemon.
    void awaitEnd() throws InterruptedException {
        ended.await();
    }

    @Override
    public void close() {
        readiness.stopping();
        LOG.log(Level.INFO, "stopping containerd");
        release();
        ended.countDown();
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
