package dev.coracle.coracle;

import java.util.List;
import java.util.Optional;

/// What a client must know of a command line: nearly nothing.
///
/// @param program the name it was called by
record CommandLine(String program, List<String> words) {
    private static final List<String> ADDRESSES = List.of("--address", "-a", "--host", "-H");
    private static final List<String> VALUES = List.of(
            "--namespace",
            "-n",
            "--timeout",
            "--connect-timeout",
            "--snapshotter",
            "--storage-driver",
            "--data-root",
            "--cgroup-manager",
            "--hosts-dir",
            "--cni-path",
            "--cni-netconfpath",
            "--bridge-ip",
            "--userns-remap",
            "--log-level",
            "-l");
    private static final List<String> OF_THE_ENGINE = List.of("start", "stop", "status");

    CommandLine {
        words = List.copyOf(words);
    }

    boolean isCtr() {
        return program.equals("ctr");
    }

    /// The value of the global flag that names the daemon's socket; it stands before the command.
    Optional<String> address() {
        return read().address();
    }

    /// The command and what follows it.
    List<String> command() {
        return words.subList(Math.min(read().end(), words.size()), words.size());
    }

    /// @param end where the command stands, behind the global flags
    private record Flags(Optional<String> address, int end) {}

    private Flags read() {
        var addresses = isCtr() ? ADDRESSES.subList(0, 2) : ADDRESSES;
        var found = Optional.<String>empty();
        var i = 0;
        for (; i < words.size() && words.get(i).startsWith("-") && !words.get(i).equals("--"); i++) {
            var word = words.get(i);
            var equals = word.indexOf('=');
            var name = equals < 0 ? word : word.substring(0, equals);
            if (!addresses.contains(name) && !VALUES.contains(name) && !ADDRESSES.contains(name)) {
                continue;
            }
            if (equals < 0) {
                i++;
            }
            if (addresses.contains(name) && (equals >= 0 || i < words.size())) {
                found = Optional.of(equals < 0 ? words.get(i) : word.substring(equals + 1));
            }
        }
        return new Flags(found, i);
    }

    /// The program of the tree that carries this out beside the daemon, since it works on the daemon itself; such a
    /// program is called with the words behind the command, and not for a daemon that somebody has named.
    Optional<String> ownProgram() {
        var command = command();
        if (isCtr() || command.isEmpty() || address().isPresent()) {
            return Optional.empty();
        }
        var verb = command.getFirst();
        if (command.size() == 1 && OF_THE_ENGINE.contains(verb)) {
            return Optional.of("engine");
        }
        return verb.matches("[a-z][a-z-]{0,30}") ? Optional.of("coracle-" + verb) : Optional.empty();
    }

    /// The status that says that the engine failed, before or beside the command.
    int failureStatus() {
        return isCtr() ? 1 : 125;
    }
}
