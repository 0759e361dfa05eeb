package dev.coracle.userns;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// What the two halves of the launcher say to each other, over two pipes the child inherits. The order is the start-up
/// story: Hello, Begin, IdsMapped, NamespacesReady, NetworkReady, Ready, Go; a Failed of the child ends it at any step.
public sealed interface BootMessage {
    int VERSION = 3;

    /// The byte it begins with between the halves.
    char letter();

    /// What follows its letter. Not a switch over all kinds, which would be put together anew at every start.
    default void write(BootOutput out) throws IOException {}

    /// Child: I run, and this is my pid as the parent's /proc has it.
    record Hello(int version, long pid) implements BootMessage {
        @Override
        public char letter() {
            return 'H';
        }

        @Override
        public void write(BootOutput out) throws IOException {
            out.number(version);
            out.number(pid);
        }
    }

    /// Parent: what you shall become.
    record Begin(ChildPlan plan) implements BootMessage {
        @Override
        public char letter() {
            return 'B';
        }

        @Override
        public void write(BootOutput out) throws IOException {
            plan.write(out);
        }
    }

    /// Parent: you are root now.
    record IdsMapped() implements BootMessage {
        @Override
        public char letter() {
            return 'I';
        }
    }

    /// Child: the network namespace can be connected.
    record NamespacesReady() implements BootMessage {
        @Override
        public char letter() {
            return 'N';
        }
    }

    /// Parent: the network is connected.
    record NetworkReady() implements BootMessage {
        @Override
        public char letter() {
            return 'W';
        }
    }

    /// Child: all is done but starting the command; this should be known first.
    record Ready(List<String> warnings) implements BootMessage {
        public Ready {
            warnings = List.copyOf(warnings);
        }

        @Override
        public char letter() {
            return 'R';
        }

        @Override
        public void write(BootOutput out) throws IOException {
            out.texts(warnings);
        }
    }

    /// Parent: others can find you; start it.
    record Go() implements BootMessage {
        @Override
        public char letter() {
            return 'G';
        }
    }

    /// Child: I end here.
    record Failed(String reason, Optional<String> remedy) implements BootMessage {
        @Override
        public char letter() {
            return 'F';
        }

        @Override
        public void write(BootOutput out) throws IOException {
            out.text(reason);
            out.text(remedy);
        }
    }

    /// What the child has to make.
    ///
    /// @param freshCgroups whether /sys/fs/cgroup is to show the hierarchy from our own group on
    /// @param outside the account that started us, which the command is told
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
            Ids outside,
            int inheritedSockets,
            List<String> command) {
        public ChildPlan {
            copyUp = List.copyOf(copyUp);
            dns = List.copyOf(dns);
            command = List.copyOf(command);
        }

        private void write(BootOutput out) throws IOException {
            out.text(network.name());
            out.text(detachedNetwork.map(Path::toString));
            out.text(propagation);
            out.texts(copyUp.stream().map(Path::toString).toList());
            out.flag(newPidNamespace);
            out.flag(freshCgroups);
            out.texts(dns);
            out.text(state.toString());
            out.text(hostName);
            out.number(outside.user);
            out.number(outside.group);
            out.number(inheritedSockets);
            out.texts(command);
        }
    }

    /// An account by its numbers.
    record Ids(long user, long group) {}

    /// Whose network the child has.
    enum Network {
        HOST,
        NONE,
        CONNECTED
    }
}
