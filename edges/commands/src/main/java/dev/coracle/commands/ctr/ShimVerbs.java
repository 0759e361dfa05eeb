package dev.coracle.commands.ctr;

import com.google.protobuf.Empty;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import dev.coracle.base.Digest;
import dev.coracle.commands.Session;
import dev.coracle.commands.client.DebugSocket;
import dev.coracle.commands.client.GoJson;
import dev.coracle.commands.client.StdioPipes;
import dev.coracle.commands.client.Wires;
import dev.coracle.commands.line.Flag;
import dev.coracle.commands.line.Line;
import dev.coracle.commands.line.UsageFailure;
import dev.coracle.commands.line.Verb;
import dev.coracle.containerd.api.shim.DeleteResponse;
import dev.coracle.containerd.api.shim.ExecProcessRequest;
import dev.coracle.containerd.api.shim.ProcessRequest;
import dev.coracle.containerd.api.shim.ShutdownRequest;
import dev.coracle.containerd.api.shim.StartResponse;
import dev.coracle.containerd.api.shim.StateResponse;
import dev.coracle.core.types.TypedBytes;
import dev.coracle.oci.Json;
import dev.coracle.shim.TtrpcClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// `ctr shim`: speaks to a container's shim past the daemon.
final class ShimVerbs {
    private static final Path SOCKETS = Path.of("/run/containerd/s");
    private static final Flag VERSION =
            Flag.whole("api-version", "Version of the shim's interface: 2 or 3").or("3");

    private ShimVerbs() {}

    static Verb<Session> verb() {
        var pprof = Verb.group(
                "pprof",
                "Provide golang pprof outputs for containerd-shim",
                PprofVerbs.verbs((line, session) -> new DebugSocket(debugSocket(line, session))));
        return new Verb<>(
                List.of("shim"),
                "Interact with a shim directly",
                "",
                "",
                List.of(
                        Flag.text("id", "Id of the shim"),
                        Flag.text("shim-address", "Socket of the shim; without it, found by the id")),
                List.of(
                        Verb.of("delete", "Delete a container with a task", "", List.of(), ShimVerbs::delete),
                        Verb.of(
                                "exec",
                                "Exec a new process in the task's container",
                                "",
                                List.of(
                                        Flag.text("stdin", "Named pipe for standard input"),
                                        Flag.text("stdout", "Named pipe for standard output"),
                                        Flag.text("stderr", "Named pipe for standard error"),
                                        Flag.bool("tty t", "Give the process a terminal"),
                                        Flag.bool("attach a", "Stay until the process closes its output"),
                                        Flag.texts("env e", "Kept for scripts: the configuration has them"),
                                        Flag.text("cwd", "Kept for scripts: the configuration has it"),
                                        Flag.text("spec", "File with the configuration of the process")),
                                ShimVerbs::exec),
                        Verb.of("start", "Start a container with a task", "", List.of(), ShimVerbs::start),
                        Verb.of(
                                "state",
                                "Get the state of all main process of the task",
                                "",
                                List.of(Flag.text("task-id t", "Id of the task"), VERSION),
                                ShimVerbs::state),
                        Verb.of(
                                "shutdown",
                                "Shutdown shim if there is no active container",
                                "",
                                List.of(VERSION),
                                ShimVerbs::shutdown),
                        pprof),
                (_, _) -> 0);
    }

    /// A connection to the shim that the flags name.
    private record Shim(TtrpcClient client, String service) implements AutoCloseable {
        <T extends @Nullable Object> T call(String method, MessageLite request, Parser<T> answer) {
            return client.call(service, method, request, answer);
        }

        @Override
        public void close() {
            client.close();
        }
    }

    private static Shim connect(Line line, Session session, long version) {
        var sockets = sockets(line, session);
        for (var socket : sockets) {
            try {
                var client = TtrpcClient.connect(socket, line.text("namespace"), () -> {});
                return new Shim(client, "containerd.task.v" + version + ".Task");
            } catch (IOException notThere) {
                // the next one
            }
        }
        throw UsageFailure.of("fail to connect to container shim with sockets: ["
                + String.join(" ", sockets.stream().map(Path::toString).toList()) + "]");
    }

    private static List<Path> sockets(Line line, Session session) {
        var id = line.text("id");
        var address = line.text("shim-address");
        if (id.isEmpty() && address.isEmpty()) {
            throw UsageFailure.of("shim ID (--id) or address (--shim-address) must be specified");
        }
        var sockets = new ArrayList<Path>();
        if (!address.isEmpty()) {
            sockets.add(session.path(address.replaceFirst("^unix://", "")));
        }
        if (!id.isEmpty()) {
            sockets.add(socket(line, id));
        }
        return sockets;
    }

    /// Where shims listen: named by daemon, namespace and id.
    private static Path socket(Line line, String... rest) {
        var name = Path.of(line.text("address"), line.text("namespace"))
                .resolve(String.join("/", rest))
                .normalize()
                .toString();
        return SOCKETS.resolve(
                Digest.ofBytes(name.getBytes(StandardCharsets.UTF_8)).hex());
    }

    private static Path debugSocket(Line line, Session session) {
        if (line.text("id").isEmpty()) {
            throw UsageFailure.of("container id must be provided");
        }
        return session.path(socket(line, line.text("id"), "debug").toString());
    }

    private static long version(Line line) {
        var version = line.whole("api-version");
        if (version != 2 && version != 3) {
            throw UsageFailure.of("api-version must be 2 or 3");
        }
        return version;
    }

    private static ProcessRequest process(String id) {
        return ProcessRequest.newBuilder().setId(id).build();
    }

    private static int start(Line line, Session session) {
        try (var shim = connect(line, session, 3)) {
            shim.call("Start", process(line.argument(0)), StartResponse.parser());
        }
        return 0;
    }

    private static int delete(Line line, Session session) {
        try (var shim = connect(line, session, 3)) {
            var deleted = shim.call("Delete", process(line.argument(0)), DeleteResponse.parser());
            session.terminal().line("container deleted and returned exit status " + deleted.getExitStatus());
        }
        return 0;
    }

    private static int state(Line line, Session session) {
        var id = line.text("task-id").isEmpty() ? line.text("id") : line.text("task-id");
        try (var shim = connect(line, session, version(line))) {
            var state = shim.call("State", process(id), StateResponse.parser());
            session.terminal().line(Json.pretty(GoJson.of(state), "    "));
        }
        return 0;
    }

    private static int shutdown(Line line, Session session) {
        try (var shim = connect(line, session, version(line))) {
            shim.call("Shutdown", ShutdownRequest.getDefaultInstance(), Empty.parser());
        }
        return 0;
    }

    private static int exec(Line line, Session session) throws Exception {
        try (var shim = connect(line, session, 3)) {
            var id = line.argument(0);
            if (id.isEmpty()) {
                throw UsageFailure.of("exec id must be provided");
            }
            for (var name : List.of("stdin", "stdout", "stderr", "spec")) {
                if (line.text(name).isEmpty()) {
                    throw UsageFailure.of("--" + name + " must be given");
                }
            }
            var terminal = line.flag("tty");
            var spec = Files.readAllBytes(session.path(line.text("spec")));
            var request = ExecProcessRequest.newBuilder()
                    .setId(id)
                    .setTerminal(terminal)
                    .setStdin(line.text("stdin"))
                    .setStdout(line.text("stdout"))
                    .setStderr(line.text("stderr"))
                    .setSpec(Wires.any(TypedBytes.RUNTIME_PROCESS, spec));
            var pipes = StdioPipes.named(
                    session.path(line.text("stdin")),
                    session.path(line.text("stdout")),
                    session.path(line.text("stderr")),
                    terminal);
            try {
                if (line.flag("attach")) {
                    pipes.connect(session.terminal(), () -> {});
                }
                shim.call("Exec", request.build(), Empty.parser());
                var started = shim.call("Start", process(id), StartResponse.parser());
                session.terminal().line("exec running with pid " + started.getPid());
                session.terminal().flush();
                if (line.flag("attach")) {
                    pipes.started();
                    pipes.drain();
                }
            } finally {
                pipes.letGo();
            }
        }
        return 0;
    }
}
