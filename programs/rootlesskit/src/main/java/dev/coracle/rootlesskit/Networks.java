package dev.coracle.rootlesskit;

import dev.coracle.processes.Command;
import dev.coracle.processes.Spawner;
import dev.coracle.rootlesskit.Options.Choice;
import dev.coracle.rootlesskit.Options.Link;
import dev.coracle.rootlesskit.Options.NetworkChoice;
import dev.coracle.userns.BootMessage.Network;
import dev.coracle.userns.NetworkDriver;
import dev.coracle.userns.NetworkOptions;
import dev.coracle.userns.Pasta;
import dev.coracle.userns.Slirp4netns;
import dev.coracle.userns.UsernsException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// From the choice on the command line to the driver that serves it.
final class Networks {
    static final String SLIRP4NETNS_SOCKET = ".s4nn.sock";

    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final Options options;
    private final Programs programs;
    private final Spawner spawner;

    Networks(Options options, Programs programs, Spawner spawner) {
        this.options = options;
        this.programs = programs;
        this.spawner = spawner;
    }

    /// Fails before anything is made when the driver's program is missing.
    void check() throws IOException {
        if (options.network() instanceof NetworkChoice.Connected connected) {
            program(connected);
        }
    }

    private Path program(NetworkChoice.Connected choice) throws UsernsException {
        return programs.findTool(choice.program())
                .orElseThrow(() -> new UsernsException(
                        "connect the network: the program " + choice.program() + " is not found",
                        "install the package " + choice.debianPackage()));
    }

    Network kind() {
        if (options.network() instanceof NetworkChoice.Connected) {
            return Network.CONNECTED;
        }
        return options.network() instanceof NetworkChoice.Host ? Network.HOST : Network.NONE;
    }

    List<String> dns() {
        return options.network() instanceof NetworkChoice.Connected connected
                ? List.of(connected.link().subnet().dns())
                : List.of();
    }

    /// What the API calls the driver; the host's network has none.
    static Optional<String> name(NetworkChoice network) {
        if (network instanceof NetworkChoice.Connected connected) {
            return Optional.of(connected.name());
        }
        return network instanceof NetworkChoice.Host ? Optional.empty() : Optional.of("none");
    }

    /// Where the namespace is reached from its network.
    static String childIp(NetworkChoice network) {
        if (network instanceof NetworkChoice.Connected connected) {
            return connected.link().subnet().child();
        }
        return network instanceof NetworkChoice.Host ? "" : "127.0.0.1";
    }

    Optional<NetworkDriver> driver(Path state) throws IOException, InterruptedException {
        if (options.network() instanceof NetworkChoice.Slirp4netns slirp) {
            return Optional.of(slirp4netns(slirp, state));
        }
        if (options.network() instanceof NetworkChoice.Pasta pasta) {
            return Optional.of(new Pasta(
                    spawner, program(pasta), link(pasta.link()), pasta.implicitPorts(), state.resolve("pasta.pid")));
        }
        return Optional.empty();
    }

    private NetworkDriver slirp4netns(NetworkChoice.Slirp4netns choice, Path state)
            throws IOException, InterruptedException {
        var program = program(choice);
        var sandbox = choice.sandbox();
        var seccomp = choice.seccomp();
        var help = sandbox == Choice.FALSE && seccomp == Choice.FALSE
                ? ""
                : spawner.run(Command.of(program, "--help"), LIMIT).orFail().output();
        return new Slirp4netns(
                spawner,
                program,
                link(choice.link()),
                new Slirp4netns.Hardening(
                        !options.detachNetwork() && uses(sandbox, "sandbox", help), uses(seccomp, "seccomp", help)),
                options.ports().driver() == Options.PortDriverName.SLIRP4NETNS
                        ? Optional.of(state.resolve(SLIRP4NETNS_SOCKET))
                        : Optional.empty());
    }

    private static boolean uses(Choice choice, String feature, String help) throws UsernsException {
        var known = help.contains("--enable-" + feature);
        return switch (choice) {
            case FALSE -> false;
            case AUTO -> known;
            case TRUE -> {
                if (!known) {
                    throw new UsernsException(
                            "unsupported slirp4netns version: it has no --enable-" + feature,
                            "install slirp4netns 0.4.0 or later");
                }
                yield true;
            }
        };
    }

    private static NetworkOptions link(Link link) {
        return new NetworkOptions(link.device(), link.mtu(), link.subnet(), link.hostLoopback(), link.ipv6());
    }
}
