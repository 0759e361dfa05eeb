package dev.coracle.userns;

import dev.coracle.linux.UnixSocket;
import dev.coracle.processes.Command;
import dev.coracle.processes.Readiness;
import dev.coracle.processes.Spawner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// gvproxy, the program of gvisor-tap-vsock, which RootlessKit has as a library: gVisor's TCP/IP stack behind a stream
/// of frames. [ChildNetwork] has the device at the other end.
public final class Gvproxy implements NetworkDriver {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final int STANDARD_INPUT = 0;
    private static final int STANDARD_OUTPUT = 1;

    private final Spawner spawner;
    private final Path program;
    private final NetworkOptions options;
    private final Path directory;
    private final InnerNetwork.Program inner;

    /// @param directory for its files, which is made
    /// @param inner how [ChildNetwork] is started
    public Gvproxy(Spawner spawner, Path program, NetworkOptions options, Path directory, InnerNetwork.Program inner) {
        this.spawner = spawner;
        this.program = program;
        this.options = options;
        this.directory = directory;
        this.inner = inner;
    }

    /// Where it takes requests to forward ports.
    public static Path socket(Path directory) {
        return directory.resolve("services.sock");
    }

    static List<String> arguments(Path configuration, Path socket) {
        return List.of("-config", configuration.toString(), "-listen-stdio", "accept", "-services", "unix://" + socket);
    }

    /// It takes one address, by default the last one, for the host's 127.0.0.1. With the host's loopback device closed
    /// that address stands for itself, as every other does.
    static String configuration(NetworkOptions options) {
        var subnet = options.subnet();
        var host = subnet.last();
        var nat = options.hostLoopback() ? subnet.first() + ": 127.0.0.1" : host + ": " + host;
        return """
                log-level: warning
                stack:
                  mtu: %d
                  subnet: %s
                  gatewayIP: %s
                  deviceIP: %s
                  hostIP: %s
                  gatewayMacAddress: 5a:94:ef:e4:0c:dd
                  ec2MetadataAccess: true
                  nat:
                    %s
                  gatewayVirtualIPs:
                    - %s
                """.formatted(options.mtu(), subnet, subnet.first(), subnet.child(), host, nat, host);
    }

    @Override
    public Connection connect(NetworkTarget target) throws IOException, InterruptedException {
        Files.createDirectories(directory);
        // an earlier one may have died
        Files.deleteIfExists(socket(directory));
        var file = directory.resolve("gvproxy.yaml");
        Files.writeString(file, configuration(options));
        var subnet = options.subnet();
        var plan = new InnerPlan.Frames(
                options.device(),
                options.mtu(),
                subnet.child(),
                subnet.prefix(),
                subnet.first(),
                options.hostLoopback(),
                true);
        try (var pair = UnixSocket.pair(UnixSocket.Type.STREAM)) {
            var running = spawner.start(Command.of(program, arguments(file, socket(directory)))
                    .with(STANDARD_INPUT, pair.other())
                    .with(STANDARD_OUTPUT, pair.other())
                    .fate(Command.Fate.DIES_WITH_US));
            try {
                Readiness.byFile(running, socket(directory), LIMIT);
                return FrameConnection.begin(
                        running, InnerNetwork.start(spawner, target, inner, plan, Optional.of(pair.one())));
            } catch (IOException | InterruptedException | RuntimeException failure) {
                running.close();
                throw failure;
            }
        }
    }
}
