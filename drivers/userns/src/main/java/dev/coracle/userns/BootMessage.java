package dev.coracle.userns;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// What the two halves of the launcher say to each other, over two pipes the child inherits. The order is the start-up
/// story: Hello, Begin, IdsMapped, NamespacesReady, NetworkReady, Ready, Go; a Failed of the child ends it at any step.
public sealed interface BootMessage {
    int VERSION = 2;

    /// Child: I run, and this is my pid as the parent's /proc has it.
    record Hello(int version, long pid) implements BootMessage {}

    /// Parent: what you shall become.
    record Begin(ChildPlan plan) implements BootMessage {}

    /// Parent: you are root now.
    record IdsMapped() implements BootMessage {}

    /// Child: the network namespace can be connected.
    record NamespacesReady() implements BootMessage {}

    /// Parent: the network is connected.
    record NetworkReady() implements BootMessage {}

    /// Child: all is done but starting the command; this should be known first.
    record Ready(List<String> warnings) implements BootMessage {
        public Ready {
            warnings = List.copyOf(warnings);
        }
    }

    /// Parent: others can find you; start it.
    record Go() implements BootMessage {}

    /// Child: I end here.
    record Failed(String reason, Optional<String> remedy) implements BootMessage {}

    /// What the child has to make.
    ///
    /// @param freshCgroups whether /sys/fs/cgroup is to show the hierarchy from our own group on
    /// @param inheritedSockets how many descriptors from 3 on belong to the command (socket activation)
    record ChildPlan(
            Network network,
            Optional<Path> detachedNetwork,
            String propagation,
            List<Path> copyUp,
            boolean newPidNamespace,
            boolean freshCgroups,
            List<String> dns,
            Path state,
            String hostName,
            int inheritedSockets,
            List<String> command) {
        public ChildPlan {
            copyUp = List.copyOf(copyUp);
            dns = List.copyOf(dns);
            command = List.copyOf(command);
        }
    }

    /// Whose network the child has.
    enum Network {
        HOST,
        NONE,
        CONNECTED
    }
}
