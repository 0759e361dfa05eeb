package dev.coracle.commands;

import dev.coracle.base.EngineException;
import dev.coracle.base.Platform;
import dev.coracle.commands.client.Connection;
import dev.coracle.commands.ctr.Ctr;
import dev.coracle.commands.line.Program;
import dev.coracle.commands.line.UsageFailure;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;

/// The program `ctr`.
public final class CtrMain {
    private static final int STOPPED = 130;

    private CtrMain() {}

    public static void main(String[] words) {
        // Netty warns of a socket option that unix sockets do not have, on every connection
        java.util.logging.Logger.getLogger("io").setLevel(java.util.logging.Level.OFF);
        // proxies may ask for a password when a tunnel is opened
        System.setProperty("jdk.http.auth.tunneling.disabledSchemes", "");
        var environment = new Environment(
                System.getenv(),
                Path.of(System.getProperty("user.dir")),
                Platform.linux(System.getProperty("os.arch", "")));
        var status = run(
                List.of(words),
                environment,
                Terminal.standard(),
                ProcessSignals.take(Thread.currentThread()),
                Connection::open);
        System.out.flush();
        // exit() looks for somebody who logs exits first, which takes 15 ms
        Runtime.getRuntime().halt(status);
    }

    /// Runs one command line on the calling thread and returns the exit status. Any number may
    /// run at the same time.
    public static int run(
            List<String> words, Environment environment, Terminal terminal, Signals signals, Connections connections) {
        var debug = words.contains("--debug");
        try (var session = new Session(environment, terminal, Clock.systemUTC(), signals, connections)) {
            try {
                return new Program<>(Ctr.verb(), "ctr " + Ctr.PACKAGE + " " + Ctr.VERSION)
                        .run(words, environment.variables(), terminal.out(), session::begin);
            } catch (Exception e) {
                var over = session.timeOver();
                return over.isEmpty()
                        ? failed(terminal, signals, e, debug)
                        : failed(
                                terminal,
                                "context deadline exceeded: --timeout of "
                                        + over.get().toMillis() + " ms",
                                e,
                                debug);
            }
        }
    }

    private static int failed(Terminal terminal, Signals signals, Exception failure, boolean debug) {
        return signals.stopped() ? STOPPED : report(terminal, failure, debug);
    }

    private static int report(Terminal terminal, Exception failure, boolean debug) {
        return switch (failure) {
            case StatusRuntimeException e -> failed(terminal, Connection.failure(e.getStatus(), e), debug);
            case EngineException e -> failed(terminal, e, debug);
            case UsageFailure e
            when e.status() != 1 -> {
                terminal.log(String.valueOf(e.getMessage()));
                yield e.status();
            }
            default ->
                failed(
                        terminal,
                        failure.getMessage() == null ? failure.toString() : failure.getMessage(),
                        failure,
                        debug);
        };
    }

    private static int failed(Terminal terminal, EngineException failure, boolean debug) {
        var word = failure.word();
        var message = failure.message();
        var status = failed(
                terminal, word.isEmpty() || message.endsWith(word) ? message : message + ": " + word, failure, debug);
        failure.remedy().ifPresent(words -> terminal.log("hint: " + words));
        return status;
    }

    private static int failed(Terminal terminal, String message, Exception failure, boolean debug) {
        terminal.log("ctr: " + message);
        if (debug) {
            var text = new java.io.StringWriter();
            failure.printStackTrace(new java.io.PrintWriter(text));
            terminal.log(text.toString());
        }
        return 1;
    }
}
