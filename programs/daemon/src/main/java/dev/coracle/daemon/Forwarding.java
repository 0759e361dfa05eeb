package dev.coracle.daemon;

import dev.coracle.cli.Cli;
import dev.coracle.cli.Host;
import dev.coracle.daemon.DaemonConfig.SocketConfig;
import dev.coracle.forwarding.ForwardedProgram;
import dev.coracle.forwarding.ForwardingServer;
import dev.coracle.linux.Self;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;

/// The socket for commands, `coracle.sock` beside the one for the API, and the programs behind it.
final class Forwarding implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("dev.coracle.daemon");
    static final String NAME = "coracle.sock";
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int MOST_COMMANDS = 1000;

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    private Forwarding(OwnConnections connections) {
        opened.push(connections);
    }

    /// Takes commands from now on, beside the API's socket and where clients look for a daemon by
    /// default.
    ///
    /// @param usual the folder that clients know, if this is the daemon that they look for
    static Forwarding open(Path apiSocket, Optional<Path> usual, Assembly assembly) throws StartException {
        var connections = new OwnConnections(apiSocket);
        var forwarding = new Forwarding(connections);
        var places = new LinkedHashSet<Path>();
        places.add(apiSocket.resolveSibling(NAME));
        usual.ifPresent(folder -> places.add(folder.resolve(NAME)));
        try {
            var programs = programs(apiSocket, assembly, connections);
            for (var place : places) {
                forwarding.listen(place, programs);
            }
            return forwarding;
        } catch (StartException e) {
            forwarding.close();
            throw e;
        }
    }

    /// A directory where another daemon takes them already is left to it: the API is served all
    /// the same.
    private void listen(Path path, Map<String, ForwardedProgram> programs) throws StartException {
        SocketFile file;
        try {
            file = SocketFile.prepare(new SocketConfig(path, 0, 0));
        } catch (StartException e) {
            LOG.log(Level.WARNING, "commands are not taken reason=" + e.getMessage());
            return;
        }
        var options = new ForwardingServer.Options(Release.REVISION, Self.effectiveUid(), PATIENCE, MOST_COMMANDS);
        try {
            opened.push(file::remove);
            opened.push(ForwardingServer.open(path, programs, options));
            LOG.log(Level.INFO, "taking commands... address=" + path);
        } catch (IOException e) {
            throw new StartException("listen on " + path + ": " + e.getMessage(), "", e);
        }
    }

    private static Map<String, ForwardedProgram> programs(
            Path apiSocket, Assembly assembly, OwnConnections connections) {
        // its hundred commands are put together when the first one comes: the start does not wait for them
        var cli = new ForwardedCli(new Once<>(() -> new Cli(new Host(
                assembly.engine(),
                assembly.ports().stores().namespaces(),
                new ClientsPrograms(assembly.spawner()),
                apiSocket,
                Path.of("/etc/nerdctl/nerdctl.toml"),
                Release.VERSION,
                InstantSource.system(),
                ZoneId.systemDefault()))));
        return Map.of(
                "ctr",
                new ForwardedCtr(connections, assembly.architecture()),
                "coracle",
                cli,
                "nerdctl",
                cli,
                Auditing.PROGRAM,
                new Auditing(assembly.inspection()));
    }

    @Override
    public void close() {
        while (!opened.isEmpty()) {
            try {
                opened.pop().close();
            } catch (Exception e) { // each must get its turn, whatever the one before it did
                LOG.log(Level.ERROR, "stop taking commands failed", e);
            }
        }
    }
}
