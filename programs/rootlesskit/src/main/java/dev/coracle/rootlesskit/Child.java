package dev.coracle.rootlesskit;

import dev.coracle.linux.Capability;
import dev.coracle.linux.ErrnoException;
import dev.coracle.linux.MountFlag;
import dev.coracle.linux.Mounts;
import dev.coracle.linux.Propagation;
import dev.coracle.linux.Self;
import dev.coracle.linux.Signal;
import dev.coracle.linux.SignalSet;
import dev.coracle.userns.BootChannel;
import dev.coracle.userns.BootMessage;
import dev.coracle.userns.BootMessage.Begin;
import dev.coracle.userns.BootMessage.ChildPlan;
import dev.coracle.userns.BootMessage.Go;
import dev.coracle.userns.BootMessage.Hello;
import dev.coracle.userns.BootMessage.IdsMapped;
import dev.coracle.userns.BootMessage.NamespacesReady;
import dev.coracle.userns.BootMessage.Network;
import dev.coracle.userns.BootMessage.NetworkReady;
import dev.coracle.userns.BootMessage.Ready;
import dev.coracle.userns.CopyUp;
import dev.coracle.userns.DetachedNetwork;
import dev.coracle.userns.NetworkFiles;
import dev.coracle.userns.Sysfs;
import dev.coracle.userns.UsernsException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// The half inside: prepares mounts and network files, then becomes the command in the same process. Only with a PID
/// namespace it stays, as its PID 1.
final class Child {
    private static final Path ROOT = Path.of("/");

    private final BootChannel channel;
    private final Map<String, String> environment;
    private final PrintStream errors;

    Child(BootChannel channel, Map<String, String> environment, PrintStream errors) {
        this.channel = channel;
        this.environment = environment;
        this.errors = errors;
    }

    int run() throws IOException, InterruptedException {
        // the number we have where the parent is: /proc is still the outer one
        channel.send(new Hello(
                BootMessage.VERSION,
                Long.parseLong(Files.readSymbolicLink(Path.of("/proc/self")).toString())));
        var plan = expect(Begin.class).plan();
        expect(IdsMapped.class);
        requireRoot();
        var warnings = new ArrayList<String>();
        prepareNamespaces(plan, warnings);
        channel.send(new NamespacesReady());
        prepareMounts(plan, warnings);
        expect(NetworkReady.class);
        var program = find(plan.command().getFirst());
        channel.send(new Ready(warnings));
        expect(Go.class);
        var command = environment(plan);
        if (plan.newPidNamespace()) {
            return new FirstProcess(channel, plan, errors).run(program, command);
        }
        throw become(program, plan, command);
    }

    private <T extends BootMessage> T expect(Class<T> kind) throws IOException {
        var message = channel.receive().orElseThrow(() -> new IOException("the parent has ended"));
        if (!kind.isInstance(message)) {
            throw new IOException("talk to the parent: expected " + kind.getSimpleName() + ", got " + message);
        }
        return kind.cast(message);
    }

    private static void requireRoot() throws IOException {
        if (Self.uid() != 0 || !Self.has(Capability.SYS_ADMIN)) {
            throw new UsernsException(
                    "become root inside the user namespace: uid " + Self.uid()
                            + (Self.has(Capability.SYS_ADMIN) ? "" : " without capabilities"),
                    Preflight.remedy());
        }
    }

    private static void prepareNamespaces(ChildPlan plan, List<String> warnings)
            throws IOException, InterruptedException {
        if (plan.newPidNamespace()) {
            mountProc(warnings);
        }
        if (plan.detachedNetwork().isPresent()) {
            DetachedNetwork.create(plan.detachedNetwork().get());
        } else if (plan.network() != Network.HOST) {
            DetachedNetwork.loopbackUp();
        }
    }

    private static void mountProc(List<String> warnings) {
        var flags = Set.of(MountFlag.NO_SUID, MountFlag.NO_DEV, MountFlag.NO_EXEC);
        try {
            Mounts.mount("proc", Path.of("/proc"), "proc", flags, "");
        } catch (ErrnoException refused) {
            warnings.add("/proc shows the outer processes: " + refused.getMessage());
        }
    }

    private static void prepareMounts(ChildPlan plan, List<String> warnings) throws IOException {
        var files = new NetworkFiles(plan.state());
        if (plan.network() == Network.CONNECTED) {
            files.write(plan.dns(), plan.hostName());
        }
        Mounts.propagate(ROOT, Propagation.valueOf(plan.propagation()));
        CopyUp.perform(plan.copyUp());
        var hostNetwork = plan.detachedNetwork().isPresent() || plan.network() == Network.HOST;
        if (!hostNetwork && !Sysfs.remount()) {
            warnings.add("/sys shows the network devices of the host: a new one cannot be mounted");
        }
        if (plan.freshCgroups() && !Sysfs.mountCgroups(hostNetwork)) {
            warnings.add("/sys/fs/cgroup shows the control groups of the host: a new one cannot be mounted");
        }
        if (hostNetwork) {
            return;
        }
        if (plan.network() == Network.CONNECTED) {
            files.show(plan.copyUp().contains(Path.of("/etc")));
        }
    }

    private Path find(String name) throws UsernsException {
        return new Programs(java.util.Optional.ofNullable(environment.get("PATH")))
                .find(name)
                .orElseThrow(() -> new UsernsException("command [" + name + "] exited: exec: \"" + name + "\": "
                        + (name.contains("/") ? "no such executable file" : "executable file not found in $PATH")));
    }

    /// The caller's environment again, with what the launch script changed for the JVM put back.
    private Map<String, String> environment(ChildPlan plan) {
        var all = new TreeMap<>(environment);
        all.remove("_JAVA_SR_SIGNUM");
        all.put("ROOTLESSKIT_STATE_DIR", plan.state().toString());
        all.put("ROOTLESSKIT_PARENT_EUID", Long.toString(plan.outside().user()));
        all.put("ROOTLESSKIT_PARENT_EGID", Long.toString(plan.outside().group()));
        var locale = all.remove("CORACLE_CALLER_LC_ALL");
        if (locale != null) {
            if (locale.isEmpty()) {
                all.remove("LC_ALL");
            } else {
                all.put("LC_ALL", locale.substring(1));
            }
        }
        if (plan.inheritedSockets() > 0) {
            all.put("LISTEN_PID", Long.toString(Self.pid()));
        } else {
            all.remove("LISTEN_PID");
            all.remove("LISTEN_FDS");
        }
        return all;
    }

    /// Becomes the command: its pid, parent and exit status are then exactly those of the child.
    private static IOException become(Path program, ChildPlan plan, Map<String, String> environment)
            throws IOException {
        Self.closeOnExecFrom(3 + plan.inheritedSockets());
        Self.clearAmbientCapabilities();
        Self.clearInheritableCapabilities();
        SignalSet.NONE.block();
        // a shell starts what runs beside it without the signals of a terminal
        SignalSet.ignored().restore();
        // after all that could reset it; the parent checks nothing, but its end of the pipe was open a moment ago
        Self.dieWithParent(Signal.KILL);
        var failure = Self.execute(program, plan.command(), environment);
        return new UsernsException(
                "command [" + String.join(" ", plan.command()) + "] exited: " + failure.getMessage());
    }
}
