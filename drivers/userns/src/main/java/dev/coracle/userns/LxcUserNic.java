package dev.coracle.userns;

import dev.coracle.processes.Command;
import dev.coracle.processes.Spawner;
import dev.coracle.processes.ToolFailedException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// lxc-user-nic, which root has installed: puts one end of a pair of devices into the namespace and the other on a
/// bridge of the host, as far as /etc/lxc/lxc-usernet allows it to the account. The address comes from whoever serves
/// the bridge; [ChildNetwork] asks for it and keeps it.
public final class LxcUserNic implements NetworkDriver {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final Spawner spawner;
    private final Path program;
    private final String bridge;
    private final InnerPlan.Given plan;
    private final InnerNetwork.Program inner;
    private boolean isMade;

    /// @param inner how [ChildNetwork] is started
    public LxcUserNic(
            Spawner spawner, Path program, String bridge, NetworkOptions options, InnerNetwork.Program inner) {
        this.spawner = spawner;
        this.program = program;
        this.bridge = bridge;
        this.plan = new InnerPlan.Given(options.device(), options.mtu());
        this.inner = inner;
    }

    /// A container of LXC has a folder and a name; a process is enough for what we want.
    static List<String> arguments(long pid, String bridge, String device) {
        return List.of("create", "/dev/null", "dummy", Long.toString(pid), "veth", bridge, device);
    }

    @Override
    public Connection connect(NetworkTarget target) throws IOException, InterruptedException {
        var process = InnerNetwork.start(spawner, target, inner, plan, Optional.empty());
        try {
            // a device that was made stays, whoever asked for its address
            if (!isMade) {
                make(process.pid());
                isMade = true;
            }
            return new FrameConnection(Optional.empty(), process, process.begin());
        } catch (IOException | InterruptedException | RuntimeException failure) {
            process.close();
            throw failure;
        }
    }

    private void make(long pid) throws IOException, InterruptedException {
        var end = spawner.run(Command.of(program, arguments(pid, bridge, plan.device())), LIMIT);
        if (!end.status().isSuccess()) {
            throw new UsernsException(
                    "connect the network: " + new ToolFailedException(end).getMessage(),
                    "as root, allow it by a line in /etc/lxc/lxc-usernet: ACCOUNT veth " + bridge
                            + " 10; and see that the bridge " + bridge + " is there");
        }
    }
}
