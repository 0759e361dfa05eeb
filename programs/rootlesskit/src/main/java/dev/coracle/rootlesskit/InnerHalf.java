package dev.coracle.rootlesskit;

import dev.coracle.linux.Fd;
import dev.coracle.linux.Pipe;
import dev.coracle.processes.Command;
import dev.coracle.processes.Running;
import dev.coracle.processes.Spawner;
import dev.coracle.userns.BootChannel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The child as its parent has it: a process, and the pipes over which it is told what to do. Closing ends it.
record InnerHalf(Running child, BootChannel channel) implements AutoCloseable {
    private static final Path UNSHARE = Path.of("/usr/bin/unshare");
    // as the launch script names them
    private static final String CACHE = "/lib/cache/rootlesskit-";
    private static final String CHILDS_CACHE = "/lib/cache/rootlesskit-child-";

    /// Takes the one that the launch script has started, if it has the right namespaces, or starts one.
    static InnerHalf start(Options options, Surroundings surroundings, Spawner spawner)
            throws IOException, InterruptedException {
        var namespaces = namespaces(options);
        if (surroundings.earlyChild().isPresent()) {
            var early = surroundings.earlyChild().get();
            if (early.namespaces().equals(String.join(" ", namespaces))) {
                return new InnerHalf(
                        spawner.adopt(Command.of(UNSHARE, namespaces), early.pid()),
                        new BootChannel(early.reader(), early.writer()));
            }
            early.end();
        }
        try (var down = Pipe.open();
                var up = Pipe.open()) {
            var child = spawner.start(command(namespaces, surroundings, down.reader(), up.writer()));
            // from here on the child holds the only copies of its ends: when it dies we read the end at once
            return new InnerHalf(
                    child,
                    new BootChannel(up.reader().duplicate(), down.writer().duplicate()));
        }
    }

    private static Command command(List<String> namespaces, Surroundings surroundings, Fd reader, Fd writer) {
        var first = 3 + surroundings.inheritedSockets();
        var command = Command.of(UNSHARE, words(namespaces, surroundings, first))
                .environment(surroundings.environment())
                .in(Path.of("").toAbsolutePath())
                .with(first, reader)
                .with(first + 1, writer);
        for (var number = 0; number < first; number++) {
            command = command.with(number, Fd.adopt(number));
        }
        return command;
    }

    /// unshare makes the namespaces, since no JVM can make one for users, and becomes the JVM of the child. Ambient
    /// capabilities carry its rights over exec while its ids are not mapped yet.
    private static List<String> words(List<String> namespaces, Surroundings surroundings, int first) {
        var words = new ArrayList<>(namespaces);
        for (var word : surroundings.javaWords()) {
            words.add(word.startsWith("-XX:AOTCache=") ? word.replace(CACHE, CHILDS_CACHE) : word);
        }
        words.addAll(List.of(ChildMain.class.getName(), Integer.toString(first), Integer.toString(first + 1)));
        return List.copyOf(words);
    }

    /// What unshare is told, as the launch script says it, too.
    private static List<String> namespaces(Options options) {
        var words = new ArrayList<>(List.of("--user", "--mount", "--propagation", "unchanged", "--keep-caps"));
        if (!(options.network() instanceof NetworkChoice.Host) && !options.detachNetwork()) {
            words.add("--net");
        }
        var processes = options.processes();
        if (processes.cgroup()) {
            words.add("--cgroup");
        }
        if (processes.uts()) {
            words.add("--uts");
        }
        if (processes.ipc()) {
            words.add("--ipc");
        }
        if (processes.pid()) {
            words.addAll(List.of("--pid", "--fork", "--kill-child=KILL", "env", "--block-signal"));
        }
        return List.copyOf(words);
    }

    @Override
    public void close() {
        channel.close();
        child.close();
    }
}
