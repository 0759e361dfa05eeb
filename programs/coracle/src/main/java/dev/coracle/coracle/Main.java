package dev.coracle.coracle;

import dev.coracle.forwarding.ForwardingClient;
import dev.coracle.forwarding.Request;
import dev.coracle.linux.ErrnoException;
import dev.coracle.linux.Self;
import dev.coracle.linux.SignalSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The client in Java: the first word is the name of the program it stands for.
public final class Main {
    /// Set by the script that has started the engine, so that it is started once only.
    private static final String STARTED = "CORACLE_ENGINE_STARTED";

    private final CommandLine line;
    private final Map<String, String> environment;
    private final Path directory;
    private final Path programs;

    private Main(CommandLine line, Map<String, String> environment, Path directory, Path programs) {
        this.line = line;
        this.environment = environment;
        this.directory = directory;
        this.programs = programs;
    }

    public static void main(String[] arguments) throws IOException {
        var words = List.of(arguments);
        var line = new CommandLine(words.getFirst(), words.subList(1, words.size()));
        var environment = new HashMap<>(System.getenv());
        // the launch script has changed the locale for this JVM
        Optional.ofNullable(environment.remove("CORACLE_CALLER_LC_ALL")).ifPresent(value -> {
            if (value.isEmpty()) {
                environment.remove("LC_ALL");
            } else {
                environment.put("LC_ALL", value.substring(1));
            }
        });
        environment.remove("_JAVA_SR_SIGNUM");
        var programs = Path.of(System.getProperty("coracle.home")).resolve("libexec");
        System.exit(new Main(line, environment, Path.of("").toAbsolutePath(), programs).run());
    }

    private int run() throws IOException {
        if (line.isCtr() && !environment.getOrDefault("CORACLE_NO_FORWARD", "").isEmpty()) {
            return become("ctr", line.words());
        }
        var own = line.ownProgram();
        if (own.isPresent() && Files.isExecutable(programs.resolve(own.get()))) {
            var isEngine = own.get().equals("engine");
            return become(
                    own.get(),
                    isEngine
                            ? line.command()
                            : line.command().subList(1, line.command().size()));
        }
        var whereabouts = new Whereabouts(environment, directory, Self.uid());
        for (var socket : whereabouts.sockets(line)) {
            var daemon = connect(socket);
            if (daemon.isPresent()) {
                return forward(daemon.get());
            }
        }
        return withoutDaemon(whereabouts);
    }

    private static Optional<ForwardingClient> connect(Path socket) {
        try {
            return Optional.of(ForwardingClient.connect(socket));
        } catch (ErrnoException nobody) {
            return Optional.empty();
        }
    }

    private int forward(ForwardingClient daemon) throws ErrnoException {
        environment.remove(STARTED);
        try (daemon) {
            var request = new Request(Request.RELEASE, line.program(), line.words(), directory, environment);
            return new Conversation(line, daemon, System.err).carryOut(request);
        }
    }

    private int withoutDaemon(Whereabouts whereabouts) {
        if (line.isCtr()) {
            return become("ctr", line.words());
        }
        var named = whereabouts.named(line);
        if (named.isPresent()) {
            return fail(
                    "connect to the daemon at " + named.get() + ": it takes no commands at "
                            + named.get().resolveSibling("coracle.sock"),
                    "name the socket of a running daemon of this project, or none (unset CONTAINERD_ADDRESS): then it"
                            + " is started");
        }
        if (environment.containsKey(STARTED)) {
            return fail(
                    "connect to the daemon: it was started, but takes no commands at any of "
                            + whereabouts.sockets(line),
                    "look into its log (coracle status)");
        }
        var words = new ArrayList<>(List.of(line.program()));
        words.addAll(line.words());
        return become("start-then", words);
    }

    /// Becomes another program of the tree, which has its signals unblocked again.
    private int become(String name, List<String> rest) {
        var program = programs.resolve(name);
        var words = new ArrayList<>(List.of(program.toString()));
        words.addAll(rest);
        try {
            SignalSet.NONE.block();
            environment.put("CORACLE_PROGRAM", line.program());
            throw Self.execute(program, words, environment);
        } catch (ErrnoException e) {
            return fail("start " + program + ": " + e.getMessage(), "");
        }
    }

    private int fail(String message, String hint) {
        System.err.println(line.program() + ": " + message);
        if (!hint.isEmpty()) {
            System.err.println("hint: " + hint);
        }
        return line.failureStatus();
    }
}
