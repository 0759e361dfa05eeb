package dev.coracle.commands.ctr;

import dev.coracle.base.EngineException;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.commands.Session;
import dev.coracle.commands.client.Connection;
import dev.coracle.commands.client.Containers;
import dev.coracle.commands.client.Snapshots;
import dev.coracle.commands.client.StdioPipes;
import dev.coracle.commands.client.Tasks;
import dev.coracle.commands.client.Wires;
import dev.coracle.commands.line.Line;
import dev.coracle.commands.line.UsageFailure;
import dev.coracle.containerd.api.containers.Container;
import dev.coracle.containerd.api.runc.Options;
import dev.coracle.containerd.api.tasks.CreateTaskRequest;
import dev.coracle.containerd.api.types.Descriptor;
import java.util.Optional;

/// Creates and starts a container's task with this program's streams, and stays until it ends.
final class TaskRun {
    private final Line line;
    private final Session session;
    private final Container container;
    private final Tasks tasks;
    private final Snapshots snapshots;
    private final boolean terminal;
    private final Optional<Descriptor> checkpoint;

    TaskRun(Line line, Session session, Connection connection, Container container) {
        this(line, session, connection, container, Optional.empty());
    }

    /// @param checkpoint what the task begins from
    TaskRun(Line line, Session session, Connection connection, Container container, Optional<Descriptor> checkpoint) {
        this.checkpoint = checkpoint;
        this.line = line;
        this.session = session;
        this.container = container;
        tasks = new Tasks(connection);
        snapshots = new Snapshots(connection, container.getSnapshotter());
        terminal = Containers.spec(container).terminal();
    }

    /// Runs the task; the result is its exit status, or 0 when it is left running.
    int run(boolean detach) throws Exception {
        var logs = line.text("log-uri");
        if (line.flag("null-io") && terminal) {
            throw UsageFailure.of("tty and null-io cannot be used together");
        }
        if (line.flag("null-io") || (!logs.isEmpty() && !terminal)) {
            return run(Optional.empty(), Optional.empty(), logs, detach);
        }
        var console = terminal ? Optional.of(Console.raw(session)) : Optional.<Console>empty();
        var pipes = StdioPipes.make(NewContainer.fifoRoot(line, session), container.getId(), terminal);
        try {
            return run(Optional.of(pipes), console, "", detach);
        } catch (Exception e) {
            pipes.close();
            throw e;
        } finally {
            console.ifPresent(Console::close);
        }
    }

    private int run(Optional<StdioPipes> pipes, Optional<Console> console, String logs, boolean detach)
            throws Exception {
        var id = container.getId();
        var request = CreateTaskRequest.newBuilder().setContainerId(id).setTerminal(terminal);
        if (!container.getSnapshotKey().isEmpty()) {
            request.addAllRootfs(snapshots.mounts(container.getSnapshotKey()));
        }
        request.setStdout(logs).setStderr(logs);
        checkpoint.ifPresent(request::setCheckpoint);
        pipes.ifPresent(
                made -> request.setStdin(made.stdin()).setStdout(made.stdout()).setStderr(made.stderr()));
        if (line.flag("no-pivot")) {
            request.setOptions(Wires.any(runcOptions().setNoPivotRoot(true).build()));
        }
        if (!detach) { // otherwise the pipes are for whoever attaches
            pipes.ifPresent(made -> made.connect(session.terminal(), () -> closeStdin(id)));
        }
        var pid = tasks.create(request.build());
        try {
            RunVerbs.write(line.text("pid-file"), Integer.toString(pid), session);
            if (detach) {
                tasks.start(id, "");
                return 0;
            }
            return new Attachment(session, tasks, id, "").until(() -> tasks.start(id, ""), pipes, console);
        } catch (Exception e) {
            cleanUp(id);
            throw e;
        } finally {
            if (!detach) {
                pipes.ifPresent(StdioPipes::close);
            }
        }
    }

    private void closeStdin(String id) {
        try {
            tasks.closeStdin(id, "");
        } catch (EngineException notStartedOrEnded) {
            // the end of the input is in the pipe itself
        }
    }

    private Options.Builder runcOptions() throws com.google.protobuf.InvalidProtocolBufferException {
        return Options.parseFrom(container.getRuntime().getOptions().getValue()).toBuilder();
    }

    private void cleanUp(String id) {
        var _ = Thread.interrupted();
        try {
            tasks.delete(id, "", true);
        } catch (NotFound gone) {
            // as wanted
        } catch (EngineException e) {
            session.terminal().log("ERROR: failed to cleanup task: " + e.message());
        }
    }
}
