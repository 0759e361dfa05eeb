package dev.coracle.rootlesskit;

import dev.coracle.linux.Propagation;
import dev.coracle.userns.PortSpec;
import dev.coracle.userns.SubIds;
import dev.coracle.userns.UsernsException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// What the command line asks for, checked as a whole before anything is made.
record Options(
        Optional<Path> stateDirectory,
        NetworkChoice network,
        boolean detachNetwork,
        PortChoice ports,
        List<Path> copyUp,
        Propagation propagation,
        Processes processes,
        Optional<String> evacuationGroup,
        SubIds.Source subIds,
        boolean debug,
        List<String> command,
        List<String> warnings) {

    /// The namespaces besides those for users, mounts and the network.
    record Processes(boolean pid, boolean cgroup, boolean uts, boolean ipc) {}

    /// Who publishes ports.
    enum PortDriverName {
        NONE,
        IMPLICIT,
        BUILTIN,
        SLIRP4NETNS,
        GVISOR_TAP_VSOCK
    }

    /// @param keepsSource whether servers inside should see the client's address
    record PortChoice(PortDriverName driver, List<PortSpec> published, boolean keepsSource) {
        PortChoice {
            published = List.copyOf(published);
        }
    }

    /// A feature that is used when it is there, always or never.
    enum Choice {
        AUTO,
        TRUE,
        FALSE
    }

    static Options of(Arguments arguments) throws UsageException {
        var evacuationGroup = evacuationGroup(arguments);
        var warnings = new ArrayList<String>();
        var propagation = propagation(arguments);
        var copyUp = copyUp(arguments, propagation);
        var processes = processes(arguments);
        var network = new NetworkFlags(arguments, warnings).choice();
        var detach = arguments.isOn(Flag.DETACH_NETNS);
        if (detach && network instanceof NetworkChoice.Slirp4netns slirp && slirp.sandbox() == Choice.TRUE) {
            throw new UsageException("--slirp4netns-sandbox conflicts with --detach-netns"
                    + " (https://github.com/rootless-containers/rootlesskit/issues/317)");
        }
        var ports = ports(arguments, network);
        if (arguments.command().isEmpty()) {
            throw new UsageException("no command specified");
        }
        return new Options(
                arguments.isGiven(Flag.STATE_DIR)
                        ? Optional.of(absolute(arguments.text(Flag.STATE_DIR)))
                        : Optional.empty(),
                network,
                detach && !(network instanceof NetworkChoice.Host),
                ports,
                copyUp,
                propagation,
                processes,
                evacuationGroup,
                subIds(arguments),
                arguments.isOn(Flag.DEBUG),
                arguments.command(),
                List.copyOf(warnings));
    }

    private static Path absolute(String path) throws UsageException {
        if (path.isEmpty()) {
            throw new UsageException("--state-dir must not be empty");
        }
        return Path.of(path).toAbsolutePath().normalize();
    }

    private static Optional<String> evacuationGroup(Arguments arguments) throws UsageException {
        var group = arguments.text(Flag.EVACUATE_CGROUP2);
        if (group.isEmpty()) {
            return Optional.empty();
        }
        if (!arguments.isOn(Flag.CGROUPNS)) {
            throw new UsageException("evacuate-cgroup2 requires --cgroupns");
        }
        if (!arguments.isOn(Flag.PIDNS)) {
            throw new UsageException("evacuate-cgroup2 requires --pidns");
        }
        if (group.contains("/") || group.equals(".") || group.equals("..")) {
            throw new UsageException("unexpected evacuation group name \"" + group + "\": must not contain \"/\"");
        }
        return Optional.of(group);
    }

    private static Propagation propagation(Arguments arguments) throws UsageException {
        return switch (arguments.text(Flag.PROPAGATION)) {
            case "private" -> Propagation.PRIVATE;
            case "rprivate" -> Propagation.RPRIVATE;
            case "slave" -> Propagation.SLAVE;
            case "rslave" -> Propagation.RSLAVE;
            case "shared" -> Propagation.SHARED;
            case "rshared" -> Propagation.RSHARED;
            default ->
                throw new UsageException("unknown propagation: " + arguments.text(Flag.PROPAGATION)
                        + ": expected private, rprivate, slave, rslave, shared or rshared");
        };
    }

    private static List<Path> copyUp(Arguments arguments, Propagation propagation) throws UsageException {
        var mode = arguments.text(Flag.COPY_UP_MODE);
        if (!mode.equals("tmpfs+symlink")) {
            throw new UsageException("unknown copy-up mode: " + mode);
        }
        var directories = new ArrayList<Path>();
        for (var text : arguments.list(Flag.COPY_UP)) {
            var directory = Path.of(text).normalize();
            if (!directory.isAbsolute()) {
                throw new UsageException("copy-up " + text + ": not an absolute path");
            }
            if (directory.equals(Path.of("/tmp")) || directory.getNameCount() == 0) {
                throw new UsageException(directory + " cannot be copied up");
            }
            if (directory.startsWith("/proc")) {
                throw new UsageException(
                        directory + " cannot be copied up: its entries are processes, which come and go");
            }
            if (!directories.contains(directory)) {
                directories.add(directory);
            }
        }
        var shared = propagation == Propagation.SHARED || propagation == Propagation.RSHARED;
        if (shared && !directories.isEmpty()) {
            throw new UsageException(
                    "propagation " + arguments.text(Flag.PROPAGATION) + " does not support copy-up driver " + mode);
        }
        return List.copyOf(directories);
    }

    private static Processes processes(Arguments arguments) throws UsageException {
        var pid = arguments.isOn(Flag.PIDNS);
        var reaper = choice(arguments, Flag.REAPER, "unknown reaper mode: ");
        if (reaper == Choice.TRUE && !pid) {
            throw new UsageException("reaper requires --pidns");
        }
        return new Processes(
                pid, arguments.isOn(Flag.CGROUPNS), arguments.isOn(Flag.UTSNS), arguments.isOn(Flag.IPCNS));
    }

    static Choice choice(Arguments arguments, Flag flag, String complaint) throws UsageException {
        return switch (arguments.text(flag)) {
            case "auto" -> Choice.AUTO;
            case "true" -> Choice.TRUE;
            case "false" -> Choice.FALSE;
            default -> throw new UsageException(complaint + arguments.text(flag));
        };
    }

    private static PortChoice ports(Arguments arguments, NetworkChoice network) throws UsageException {
        var name = arguments.text(Flag.PORT_DRIVER);
        var driver = switch (name) {
            case "none" -> PortDriverName.NONE;
            case "implicit" -> PortDriverName.IMPLICIT;
            case "builtin" -> PortDriverName.BUILTIN;
            case "slirp4netns" -> PortDriverName.SLIRP4NETNS;
            case "gvisor-tap-vsock" -> PortDriverName.GVISOR_TAP_VSOCK;
            default -> throw new UsageException("unknown port driver: " + name);
        };
        if (driver == PortDriverName.IMPLICIT && !(network instanceof NetworkChoice.Pasta)) {
            throw new UsageException("port driver requires pasta network");
        }
        if (driver == PortDriverName.BUILTIN && network instanceof NetworkChoice.Host) {
            throw new UsageException("port driver requires non-host network");
        }
        if (driver == PortDriverName.SLIRP4NETNS && !(network instanceof NetworkChoice.Slirp4netns)) {
            throw new UsageException(foreignPorts(network, "slirp4netns"));
        }
        if (driver == PortDriverName.GVISOR_TAP_VSOCK && !(network instanceof NetworkChoice.GvisorTapVsock)) {
            throw new UsageException(foreignPorts(network, "gvisor-tap-vsock"));
        }
        return new PortChoice(driver, published(arguments, name, driver), arguments.isOn(Flag.SOURCE_IP_TRANSPARENT));
    }

    private static String foreignPorts(NetworkChoice network, String driver) {
        return network instanceof NetworkChoice.None
                ? "network \"none\" requires either port driver \"none\" or \"builtin\""
                : "port driver requires " + driver + " network";
    }

    private static List<PortSpec> published(Arguments arguments, String name, PortDriverName driver)
            throws UsageException {
        var published = new ArrayList<PortSpec>();
        for (var text : arguments.list(Flag.PUBLISH)) {
            if (driver == PortDriverName.NONE || driver == PortDriverName.IMPLICIT) {
                throw new UsageException("port driver \"" + name + "\" does not support publishing ports");
            }
            try {
                published.add(PortSpec.parse(text).validated());
            } catch (UsernsException wrong) {
                throw new UsageException(String.valueOf(wrong.getMessage()));
            }
        }
        return List.copyOf(published);
    }

    private static SubIds.Source subIds(Arguments arguments) throws UsageException {
        var source = arguments.text(Flag.SUBID_SOURCE);
        return switch (source) {
            case "auto", "dynamic", "static" -> SubIds.Source.valueOf(source.toUpperCase(Locale.ROOT));
            default -> throw new UsageException("unknown subid source \"" + source + "\"");
        };
    }
}
