package dev.coracle.commands.ctr;

import dev.coracle.base.EngineException;
import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.commands.Session;
import dev.coracle.commands.client.Connection;
import dev.coracle.commands.client.Containers;
import dev.coracle.commands.client.StdioPipes;
import dev.coracle.commands.client.Tasks;
import dev.coracle.commands.line.Flag;
import dev.coracle.commands.line.Line;
import dev.coracle.commands.line.Table;
import dev.coracle.commands.line.UsageFailure;
import dev.coracle.commands.line.Verb;
import dev.coracle.containerd.api.runc.ProcessDetails;
import dev.coracle.containerd.api.tasks.ListPidsRequest;
import dev.coracle.containerd.api.tasks.ListTasksRequest;
import dev.coracle.containerd.api.tasks.PauseTaskRequest;
import dev.coracle.containerd.api.tasks.ResumeTaskRequest;
import dev.coracle.linux.Signal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// `ctr tasks`, all but what attaches streams ([AttachVerbs]) and [MetricsVerb].
final class TaskVerbs {
    private static final String STOP_SIGNAL = "io.containerd.image.config.stop-signal";

    private TaskVerbs() {}

    static Verb<Session> verb() {
        var verbs = new ArrayList<>(AttachVerbs.verbs());
        verbs.add(CheckpointVerbs.task());
        verbs.addAll(List.of(
                Verb.of(
                        "delete del remove rm",
                        "Delete one or more tasks",
                        "CONTAINER [CONTAINER, ...]",
                        List.of(
                                Flag.bool("force f", "Kill the task first"),
                                Flag.text("exec-id", "Id of a process beside the container's own")),
                        TaskVerbs::delete),
                Verb.of(
                        "list ls",
                        "List tasks",
                        "[flags]",
                        List.of(Flag.bool("quiet q", "Print only the task id")),
                        TaskVerbs::list),
                Verb.of(
                        "kill",
                        "Signal a container (default: SIGTERM)",
                        "[flags] CONTAINER",
                        List.of(
                                Flag.text("signal s", "Signal to send"),
                                Flag.text("exec-id", "Id of a process beside the container's own"),
                                Flag.bool("all a", "Send the signal to all processes inside the container")),
                        TaskVerbs::kill),
                MetricsVerb.verb(),
                Verb.of("pause", "Pause an existing container", "CONTAINER", List.of(), TaskVerbs::pause),
                Verb.of("ps", "List processes for container", "CONTAINER", List.of(), TaskVerbs::ps),
                Verb.of("resume", "Resume a paused container", "CONTAINER", List.of(), TaskVerbs::resume)));
        verbs.sort(Comparator.comparing(Verb::name));
        return Verb.group("tasks t task", "Manage tasks", verbs);
    }

    private static String id(Line line) {
        if (line.argument(0).isEmpty()) {
            throw UsageFailure.of("container id must be provided");
        }
        return line.argument(0);
    }

    private static int delete(Line line, Session session) {
        Connection connection = session.connect(line);
        var tasks = new Tasks(connection);
        var exec = line.text("exec-id");
        if (!exec.isEmpty()) {
            return tasks.delete(id(line), exec, line.flag("force")).getExitStatus();
        }
        return Each.of(line.arguments(), "unable to delete %s", session, id -> {
            new Containers(connection).get(id);
            var process = tasks.get(id, "");
            var status = tasks.delete(id, "", line.flag("force")).getExitStatus();
            StdioPipes.removeOf(process);
            if (status != 0) {
                session.terminal().log("WARN: task " + id + " exit with non-zero exit code " + status);
            }
        });
    }

    private static int list(Line line, Session session) {
        var stub = new Tasks(session.connect(line)).stub();
        var found = Connection.call(() -> stub.list(ListTasksRequest.getDefaultInstance()))
                .getTasksList();
        if (line.flag("quiet")) {
            found.forEach(task -> session.terminal().line(task.getId()));
            return 0;
        }
        var table = Table.wide().row("TASK", "PID", "STATUS");
        found.forEach(task -> table.line(
                task.getId() + "\t" + task.getPid() + "\t" + task.getStatus().name()));
        session.terminal().out().print(table.text());
        return 0;
    }

    private static int kill(Line line, Session session) {
        var id = id(line);
        if (line.flag("all") && !line.text("exec-id").isEmpty()) {
            throw UsageFailure.of("specify an exec-id or all; not both");
        }
        Connection connection = session.connect(line);
        var container = new Containers(connection).get(id);
        var name = line.text("signal").isEmpty()
                ? container.getLabelsOrDefault(STOP_SIGNAL, "SIGTERM")
                : line.text("signal");
        var signal = Signal.find(name).orElseThrow(() -> new InvalidArgument("unknown signal \"" + name + "\""));
        new Tasks(connection).kill(id, line.text("exec-id"), signal, line.flag("all"));
        return 0;
    }

    private static int pause(Line line, Session session) {
        var request = PauseTaskRequest.newBuilder().setContainerId(id(line)).build();
        var stub = new Tasks(session.connect(line)).stub();
        Connection.call(() -> stub.pause(request));
        return 0;
    }

    private static int resume(Line line, Session session) {
        var request = ResumeTaskRequest.newBuilder().setContainerId(id(line)).build();
        var stub = new Tasks(session.connect(line)).stub();
        Connection.call(() -> stub.resume(request));
        return 0;
    }

    private static int ps(Line line, Session session) throws com.google.protobuf.InvalidProtocolBufferException {
        var request = ListPidsRequest.newBuilder().setContainerId(id(line)).build();
        var stub = new Tasks(session.connect(line)).stub();
        var table = Table.wide().row("PID", "INFO");
        for (var process : Connection.call(() -> stub.listPids(request)).getProcessesList()) {
            var info = process.getInfo();
            var text = info.getTypeUrl().equals("containerd.runc.v1.ProcessDetails")
                    ? "exec_id:\"" + ProcessDetails.parseFrom(info.getValue()).getExecId() + "\""
                    : "-";
            table.line(process.getPid() + "\t" + text);
        }
        session.terminal().out().print(table.text());
        return 0;
    }

    /// Deletes a process that could not be used, without hiding why.
    static void discard(Tasks tasks, String id, String exec) {
        var _ = Thread.interrupted();
        try {
            tasks.delete(id, exec, true);
        } catch (EngineException goneOrWorse) {
            // the first failure is the one to report
        }
    }
}
