package dev.coracle.commands.ctr;

import dev.coracle.commands.Session;
import dev.coracle.commands.client.DebugSocket;
import dev.coracle.commands.line.Flag;
import dev.coracle.commands.line.Line;
import dev.coracle.commands.line.Verb;
import java.util.List;
import java.util.function.BiFunction;

/// `ctr pprof`, and the same for a shim: what a Go program's profiler tells.
final class PprofVerbs {
    private PprofVerbs() {}

    static Verb<Session> verb() {
        return new Verb<>(
                List.of("pprof"),
                "Provide golang pprof outputs for containerd",
                "",
                "",
                List.of(Flag.text("debug-socket d", "Socket of the daemon's debug server")
                        .or("/run/containerd/debug.sock")),
                verbs((line, session) -> new DebugSocket(session.path(line.text("debug-socket")))),
                (_, _) -> 0);
    }

    static List<Verb<Session>> verbs(BiFunction<Line, Session, DebugSocket> socket) {
        return List.of(
                plain("block", "Goroutine blocking profile", "block", "0", socket),
                plain("goroutines", "Dump goroutine stack dump", "goroutine", "2", socket),
                plain("heap", "Dump heap profile", "heap", "0", socket),
                timed("profile", "CPU profile", "30s", socket),
                plain("threadcreate", "Goroutine thread creating profile", "threadcreate", "0", socket),
                timed("trace", "Collect execution trace", "5s", socket));
    }

    private static Flag debug(String fallback) {
        return Flag.whole("debug", "0 for the profiler's binary form, more for text")
                .or(fallback);
    }

    private static Verb<Session> plain(
            String name, String usage, String what, String debug, BiFunction<Line, Session, DebugSocket> socket) {
        return Verb.of(name, usage, "", List.of(debug(debug)), (line, session) -> {
            var question = "/debug/pprof/" + what + "?debug=" + line.whole("debug");
            socket.apply(line, session).get(question, session.terminal().out());
            return 0;
        });
    }

    private static Verb<Session> timed(
            String name, String usage, String seconds, BiFunction<Line, Session, DebugSocket> socket) {
        var flags = List.of(Flag.duration("seconds s", "How long to collect").or(seconds), debug("0"));
        return Verb.of(name, usage, "", flags, (line, session) -> {
            var time = line.duration("seconds").toMillis() / 1e3;
            var question = "/debug/pprof/" + name + "?seconds="
                    + (time == Math.rint(time) ? Long.toString((long) time) : Double.toString(time)) + "&debug="
                    + line.whole("debug");
            socket.apply(line, session).get(question, session.terminal().out());
            return 0;
        });
    }
}
