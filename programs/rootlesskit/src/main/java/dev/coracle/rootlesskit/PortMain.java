package dev.coracle.rootlesskit;

import dev.coracle.linux.Fd;
import dev.coracle.processes.Spawner;
import dev.coracle.userns.ChildPorts;
import dev.coracle.userns.PortProcess;
import java.util.Optional;

/// The process beside the command that forwards ports.
public final class PortMain {
    private PortMain() {}

    public static void main(String[] words) throws Exception {
        try (var spawner = Spawner.open()) {
            var nft = new Programs(Optional.ofNullable(System.getenv("PATH"))).findTool("nft");
            new ChildPorts(Fd.adopt(PortProcess.CHANNEL), spawner, nft).run();
        }
        System.exit(0);
    }
}
