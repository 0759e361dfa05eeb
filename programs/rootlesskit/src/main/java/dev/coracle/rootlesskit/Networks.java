package dev.coracle.rootlesskit;

import dev.coracle.processes.Command;
import dev.coracle.processes.Spawner;
import dev.coracle.rootlesskit.NetworkChoice.Link;
import dev.coracle.rootlesskit.Options.Choice;
import dev.coracle.userns.BootMessage.Network;
import dev.coracle.userns.Gvproxy;
import dev.coracle.userns.InnerNetwork;
import dev.coracle.userns.LxcUserNic;
import dev.coracle.userns.NetworkDriver;
import dev.coracle.userns.NetworkOptions;
import dev.coracle.userns.Pasta;
import dev.coracle.userns.Slirp4netns;
import dev.coracle.userns.UsernsException;
import dev.coracle.userns.Vpnkit;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// From the choice on the command line to the driver that serves it.
final class Networks {
    static final String SLIRP4NETNS_SOCKET = ".s4nn.sock";
    static final String GVISOR_DIRECTORY = "gvisortapvsock";

    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final Options options;
    private final Surroundings surroundings;
    private final Programs programs;
    private final Spawner spawner;

    Networks(Options options, Surroundings surroundings, Spawner spawner) {
        this.options = options;
        this.surroundings = surroundings;
        this.programs = surroundings.programs();
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
                .or(() -> choice.places().stream()
                        .flatMap(place -> programs.find(place).stream())
                        .findFirst())
                .orElseThrow(() -> new UsernsException(
                        "connect the network: the program " + choice.program() + " is not found", choice.remedy()));
    }

    Network kind() {
        if (options.network() instanceof NetworkChoice.Connected) {
            return Network.CONNECTED;
        }
        return options.network() instanceof NetworkChoice.Host ? Network.HOST : Network.NONE;
    }

    /// As far as they are known before the network is there.
    List<String> dns() {
        return options.network() instanceof NetworkChoice.Connected connected ? connected.dns() : List.of();
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
            return connected.childIp();
        }
        return network instanceof NetworkChoice.Host ? "" : "127.0.0.1";
    }

    Optional<NetworkDriver> driver(Path state) throws IOException, InterruptedException {
        return switch (options.network()) {
            case NetworkChoice.Host _, NetworkChoice.None _ -> Optional.empty();
            case NetworkChoice.Slirp4netns slirp -> Optional.of(slirp4netns(slirp, state));
            case NetworkChoice.Pasta pasta ->
                Optional.of(new Pasta(
                        spawner,
                        program(pasta),
                        link(pasta.link()),
                        pasta.implicitPorts(),
                        state.resolve("pasta.pid")));
            case NetworkChoice.Vpnkit vpnkit ->
                Optional.of(new Vpnkit(
                        spawner, program(vpnkit), link(vpnkit.link()), state.resolve("vpnkit-ethernet.sock"), inner()));
            case NetworkChoice.LxcUserNic lxc ->
                Optional.of(new LxcUserNic(spawner, program(lxc), lxc.bridge(), link(lxc.link()), inner()));
            case NetworkChoice.GvisorTapVsock gvisor ->
                Optional.of(new Gvproxy(
                        spawner, program(gvisor), link(gvisor.link()), state.resolve(GVISOR_DIRECTORY), inner()));
        };
    }

    private InnerNetwork.Program inner() {
        return new InnerNetwork.Program(surroundings.longRunning(NetworkMain.class), surroundings.environment());
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
