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
import java.util.List;
import java.util.Map;

/// The socket for commands, `coracle.sock` beside the one for the API, and the programs behind it.
final class Forwarding implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("dev.coracle.daemon");
    private static final String NAME = "coracle.sock";
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int MOST_COMMANDS = 1000;

    private final SocketFile file;
    private final ForwardingServer server;
    private final OwnConnections connections;

    private Forwarding(SocketFile file, ForwardingServer server, OwnConnections connections) {
        this.file = file;
        this.server = server;
        this.connections = connections;
    }

    /// Takes commands from now on. A directory where another daemon takes them already is left to it: the API is
    /// served all the same.
    static AutoCloseable open(Path apiSocket, Assembly assembly) throws StartException {
        var path = apiSocket.resolveSibling(NAME);
        SocketFile file;
        try {
            file = SocketFile.prepare(new SocketConfig(path, 0, 0));
        } catch (StartException e) {
            LOG.log(Level.WARNING, "commands are not taken reason=" + e.getMessage());
            return () -> {};
        }
        var connections = new OwnConnections(apiSocket);
        var options = new ForwardingServer.Options(Release.REVISION, Self.effectiveUid(), PATIENCE, MOST_COMMANDS);
        try {
            var server = ForwardingServer.open(path, programs(assembly, connections), options);
            LOG.log(Level.INFO, "taking commands... address=" + path);
            return new Forwarding(file, server, connections);
        } catch (IOException e) {
            throw new StartException("listen on " + path + ": " + e.getMessage(), "", e);
        }
    }

    private static Map<String, ForwardedProgram> programs(Assembly assembly, OwnConnections connections) {
        var cli = new ForwardedCli(new Cli(new Host(
                assembly.engine(),
                assembly.ports().stores().namespaces(),
                new ClientsPrograms(assembly.spawner()),
                List::of, // coracle doctor is a program of its own, which needs no daemon
                Release.VERSION,
                InstantSource.system(),
                ZoneId.systemDefault())));
        return Map.of("ctr", new ForwardedCtr(connections, assembly.architecture()), "coracle", cli, "nerdctl", cli);
    }

    @Override
    public void close() throws IOException {
        server.close();
        connections.close();
        file.remove();
    }
}
