package dev.coracle.forwarding;

import dev.coracle.linux.Errno;
import dev.coracle.linux.ErrnoException;
import dev.coracle.linux.Fd;
import dev.coracle.linux.Poller;
import dev.coracle.linux.Terminals;
import dev.coracle.linux.UnixSocket;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/// Takes commands from clients of one user and carries each out on a thread of its own. Whoever opens
/// it closes it; the socket file is the opener's business.
public final class ForwardingServer implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("dev.coracle.forwarding");
    private static final int BACKLOG = 256;

    private final Fd listening;
    private final Poller poller;
    private final Map<String, ForwardedProgram> programs;
    private final Options options;
    private final Map<Thread, Connection> running = new ConcurrentHashMap<>();
    private final AtomicLong number = new AtomicLong();
    private volatile boolean closed;

    /// @param release what this daemon was built from; a client of another one is warned
    /// @param owner the only user who is served
    /// @param patience how long a client may take to say what it wants
    /// @param most how many clients are served at the same time
    public record Options(String release, long owner, Duration patience, int most) {}

    private ForwardingServer(Fd listening, Poller poller, Map<String, ForwardedProgram> programs, Options options) {
        this.listening = listening;
        this.poller = poller;
        this.programs = Map.copyOf(programs);
        this.options = options;
    }

    /// Binds the socket (mode 0600) and serves from then on.
    public static ForwardingServer open(Path socket, Map<String, ForwardedProgram> programs, Options options)
            throws IOException {
        Terminals.leaveControlling();
        var listening = UnixSocket.listen(socket, UnixSocket.Type.STREAM, BACKLOG);
        try {
            Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
            listening.setNonBlocking(true);
            var server = new ForwardingServer(listening, Poller.start("forwarding"), programs, options);
            server.poller.onReadable(listening, server::accept);
            return server;
        } catch (IOException e) {
            listening.close();
            throw e;
        }
    }

    private void accept() throws ErrnoException {
        Fd socket;
        try {
            socket = UnixSocket.accept(listening);
        } catch (ErrnoException e) {
            if (e.is(Errno.EMFILE, Errno.ENFILE)) {
                LOG.log(Level.ERROR, "accept failed, trying again in a second error=" + e.getMessage());
                pause();
            } else if (!e.is(Errno.EAGAIN, Errno.ECONNABORTED)) {
                throw e;
            }
            return;
        }
        try {
            socket.setNonBlocking(true);
            receive(socket, UnixSocket.peer(socket).uid());
        } catch (ErrnoException e) {
            socket.close();
            LOG.log(Level.WARNING, "client lost error=" + e.getMessage());
        }
    }

    private void receive(Fd socket, long uid) {
        if (uid != options.owner()) {
            refuse(
                    socket,
                    "forward a command: this daemon serves its owner only, user " + options.owner() + ", not user "
                            + uid);
        } else if (running.size() >= options.most()) {
            refuse(socket, "forward a command: " + options.most() + " commands are running already");
        } else {
            var connection = new Connection(socket, poller, programs, options);
            Thread.ofPlatform()
                    .name("command-" + number.incrementAndGet())
                    .daemon()
                    .uncaughtExceptionHandler(ForwardingServer::uncaught)
                    .start(() -> serve(connection));
        }
    }

    private static void refuse(Fd socket, String why) {
        LOG.log(Level.WARNING, "client refused reason=" + why);
        Connection.refuse(socket, new Answer.Refused(why, ""));
        socket.close();
    }

    private void serve(Connection connection) {
        running.put(Thread.currentThread(), connection);
        try {
            if (closed) {
                connection.stop();
            }
            connection.serve();
        } finally {
            running.remove(Thread.currentThread());
        }
    }

    /// Without descriptors left nothing can be accepted, and the poller would ask again at once.
    private void pause() {
        poller.remove(listening);
        Thread.ofVirtual().name("forwarding-pause").start(() -> {
            try {
                Thread.sleep(Duration.ofSeconds(1));
                if (!closed) {
                    poller.onReadable(listening, this::accept);
                }
            } catch (InterruptedException | ErrnoException e) {
                LOG.log(Level.ERROR, "no more commands are taken", e);
            }
        });
    }

    private static void uncaught(Thread thread, Throwable failure) {
        LOG.log(Level.ERROR, "thread ended by a failure thread=" + thread.getName(), failure);
    }

    /// How many clients are being served.
    public int running() {
        return running.size();
    }

    /// Takes no new commands and tells the running ones that their clients are gone; they have a moment.
    @Override
    public void close() {
        closed = true;
        poller.execute(() -> {
            poller.remove(listening);
            listening.close();
        });
        running.values().forEach(Connection::stop);
        var end = System.nanoTime() + Duration.ofSeconds(2).toNanos();
        try {
            for (var thread : Set.copyOf(running.keySet())) {
                thread.join(Duration.ofNanos(Math.max(1, end - System.nanoTime())));
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        poller.close();
    }
}
