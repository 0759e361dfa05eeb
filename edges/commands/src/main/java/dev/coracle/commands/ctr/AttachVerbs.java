package dev.coracle.commands.ctr;

import dev.coracle.commands.Session;
import dev.coracle.commands.client.Connection;
import dev.coracle.commands.client.Containers;
import dev.coracle.commands.client.RootTree;
import dev.coracle.commands.client.Snapshots;
import dev.coracle.commands.client.StdioPipes;
import dev.coracle.commands.client.Tasks;
import dev.coracle.commands.client.Wires;
import dev.coracle.commands.line.Flag;
import dev.coracle.commands.line.Line;
import dev.coracle.commands.line.UsageFailure;
import dev.coracle.commands.line.Verb;
import dev.coracle.containerd.api.containers.Container;
import dev.coracle.containerd.api.tasks.ExecProcessRequest;
import dev.coracle.core.types.TypedBytes;
import dev.coracle.oci.Accounts;
import dev.coracle.oci.Json;
import dev.coracle.oci.RuntimeSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// The tasks commands that carry standard streams: `start`, `exec`, `attach`.
final class AttachVerbs {
    private AttachVerbs() {}

    static List<Verb<Session>> verbs() {
        return List.of(
                Verb.of(
                        "attach",
                        "Attach to the IO of a running container",
                        "CONTAINER",
                        List.of(),
                        AttachVerbs::attach),
                Verb.of(
                        "exec",
                        "Execute additional processes in an existing container",
                        "[flags] CONTAINER CMD [ARG...]",
                        List.of(
                                Flag.text("cwd", "Working directory of the process"),
                                Flag.bool("tty t", "Give the process a terminal"),
                                Flag.bool("detach d", "Leave the process running"),
                                Flag.text("exec-id", "Id of the process").must(),
                                Flag.text("fifo-dir", "Directory for the pipes of standard streams"),
                                Flag.text("log-uri", "Where output goes"),
                                Flag.text("user", "User of the process")),
                        AttachVerbs::exec),
                Verb.of(
                        "start",
                        "Start a container that has been created",
                        "CONTAINER",
                        List.of(
                                Flag.bool("null-io", "Connect standard streams to nothing"),
                                Flag.text("log-uri", "Where output goes"),
                                Flag.text("fifo-dir", "Directory for the pipes of standard streams"),
                                Flag.text("pid-file", "File to write the process id to"),
                                Flag.bool("detach d", "Leave the task running"),
                                Flag.bool("no-pivot", "Do not use pivot_root")),
                        AttachVerbs::start));
    }

    private static int start(Line line, Session session) throws Exception {
        var id = id(line);
        var connection = session.connect(line);
        var container = new Containers(connection).get(id);
        return new TaskRun(line, session, connection, container).run(line.flag("detach"));
    }

    private static String id(Line line) {
        if (line.argument(0).isEmpty()) {
            throw UsageFailure.of("container id must be provided");
        }
        return line.argument(0);
    }

    private static int exec(Line line, Session session) throws Exception {
        var id = id(line);
        var connection = session.connect(line);
        var container = new Containers(connection).get(id);
        var terminal = line.flag("tty");
        var logs = line.text("log-uri");
        if (!logs.isEmpty() && terminal) {
            throw UsageFailure.of("can't use log-uri with tty");
        }
        if (!logs.isEmpty() && !line.text("fifo-dir").isEmpty()) {
            throw UsageFailure.of("can't use log-uri with fifo-dir");
        }
        var request = ExecProcessRequest.newBuilder()
                .setContainerId(id)
                .setExecId(line.text("exec-id"))
                .setTerminal(terminal)
                .setStdout(logs)
                .setStderr(logs)
                .setSpec(Wires.any(TypedBytes.RUNTIME_PROCESS, process(line, session, connection, container)));
        var tasks = new Tasks(connection);
        tasks.get(id, "");
        if (!logs.isEmpty()) {
            return exec(line, session, tasks, request, Optional.empty(), Optional.empty());
        }
        var console = terminal ? Optional.of(Console.raw(session)) : Optional.<Console>empty();
        var pipes = StdioPipes.make(NewContainer.fifoRoot(line, session), line.text("exec-id"), terminal);
        request.setStdin(pipes.stdin()).setStdout(pipes.stdout()).setStderr(pipes.stderr());
        try {
            return exec(line, session, tasks, request, Optional.of(pipes), console);
        } finally {
            if (!line.flag("detach")) {
                pipes.close();
            }
            console.ifPresent(Console::close);
        }
    }

    private static int exec(
            Line line,
            Session session,
            Tasks tasks,
            ExecProcessRequest.Builder request,
            Optional<StdioPipes> pipes,
            Optional<Console> console)
            throws InterruptedException {
        var id = request.getContainerId();
        var exec = request.getExecId();
        var detach = line.flag("detach");
        if (!detach) {
            pipes.ifPresent(made -> made.connect(session.terminal(), () -> closeStdin(tasks, id, exec)));
        }
        tasks.exec(request.build());
        try {
            if (detach) {
                tasks.start(id, exec);
                return 0;
            }
            return new Attachment(session, tasks, id, exec).until(() -> tasks.start(id, exec), pipes, console);
        } catch (RuntimeException | InterruptedException e) {
            TaskVerbs.discard(tasks, id, exec);
            throw e;
        }
    }

    private static void closeStdin(Tasks tasks, String id, String exec) {
        try {
            tasks.closeStdin(id, exec);
        } catch (dev.coracle.base.EngineException ended) {
            // nobody reads any more
        }
    }

    /// The container's own process with another command line, directory, user, terminal.
    private static byte[] process(Line line, Session session, Connection connection, Container container) {
        var spec = Containers.spec(container);
        if (!line.text("user").isEmpty()) {
            var ids = accounts(session, connection, container, spec).resolve(line.text("user"));
            spec.user(ids.uid(), ids.gid());
        }
        spec.terminal(line.flag("tty")).args(line.argumentsFrom(1));
        if (!line.text("cwd").isEmpty()) {
            spec.cwd(line.text("cwd"));
        }
        return Json.bytes(spec.process());
    }

    private static Accounts accounts(Session session, Connection connection, Container container, RuntimeSpec spec) {
        if (container.getSnapshotKey().isEmpty()) {
            return RootTree.accounts(Path.of(spec.rootPath()));
        }
        var mounts = new Snapshots(connection, container.getSnapshotter())
                .mounts(container.getSnapshotKey()).stream()
                        .map(NewContainer::mount)
                        .toList();
        return RootTree.accounts(mounts, session.mounter());
    }

    private static int attach(Line line, Session session) throws Exception {
        var id = id(line);
        var connection = session.connect(line);
        var terminal = Containers.spec(new Containers(connection).get(id)).terminal();
        var tasks = new Tasks(connection);
        var process = tasks.get(id, "");
        var console = terminal ? Optional.of(Console.raw(session)) : Optional.<Console>empty();
        var pipes = StdioPipes.of(process);
        try {
            pipes.connect(session.terminal(), () -> closeStdin(tasks, id, ""));
            return new Attachment(session, tasks, id, "").until(() -> {}, Optional.of(pipes), console);
        } finally {
            pipes.close();
            console.ifPresent(Console::close);
        }
    }
}
