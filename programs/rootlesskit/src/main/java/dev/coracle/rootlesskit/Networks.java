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
        switch (options.network()) {
            case NetworkChoice.Host _, NetworkChoice.None _ -> {}
            case NetworkChoice.Slirp4netns slirp -> program(slirp.program(), "slirp4netns");
            case NetworkChoice.Pasta pasta -> program(pasta.program(), "passt");
        }
    }

    private Path program(String name, String debianPackage) throws UsernsException {
        return programs.findTool(name)
                .orElseThrow(() -> new UsernsException(
                        "connect the network: the program " + name + " is not found",
                        "install the package " + debianPackage));
    }

    Network kind() {
        return switch (options.network()) {
            case NetworkChoice.Host host -> Network.HOST;
            case NetworkChoice.None none -> Network.NONE;
            case NetworkChoice.Slirp4netns slirp -> Network.CONNECTED;
            case NetworkChoice.Pasta pasta -> Network.CONNECTED;
        };
    }

    List<String> dns() {
        return switch (options.network()) {
            case NetworkChoice.Host host -> List.of();
            case NetworkChoice.None none -> List.of();
            case NetworkChoice.Slirp4netns slirp ->
                List.of(slirp.link().subnet().dns());
            case NetworkChoice.Pasta pasta -> List.of(pasta.link().subnet().dns());
        };
    }

    /// What the API calls the driver; the host's network has none.
    static Optional<String> name(NetworkChoice network) {
        return switch (network) {
            case NetworkChoice.Host host -> Optional.empty();
            case NetworkChoice.None none -> Optional.of("none");
            case NetworkChoice.Slirp4netns slirp -> Optional.of("slirp4netns");
            case NetworkChoice.Pasta pasta -> Optional.of("pasta");
        };
    }

    /// Where the namespace is reached from its network.
    static String childIp(NetworkChoice network) {
        return switch (network) {
            case NetworkChoice.Host host -> "";
            case NetworkChoice.None none -> "127.0.0.1";
            case NetworkChoice.Slirp4netns slirp -> slirp.link().subnet().child();
            case NetworkChoice.Pasta pasta -> pasta.link().subnet().child();
        };
    }

    Optional<NetworkDriver> driver(Path state) throws IOException, InterruptedException {
        return switch (options.network()) {
            case NetworkChoice.Host host -> Optional.empty();
            case NetworkChoice.None none -> Optional.empty();
            case NetworkChoice.Slirp4netns slirp -> Optional.of(slirp4netns(slirp, state));
            case NetworkChoice.Pasta pasta ->
                Optional.of(new Pasta(
                        spawner,
                        program(pasta.program(), "passt"),
                        link(pasta.link()),
                        pasta.implicitPorts(),
                        state.resolve("pasta.pid")));
        };
    }

    private NetworkDriver slirp4netns(NetworkChoice.Slirp4netns choice, Path state)
            throws IOException, InterruptedException {
        var program = program(choice.program(), "slirp4netns");
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
