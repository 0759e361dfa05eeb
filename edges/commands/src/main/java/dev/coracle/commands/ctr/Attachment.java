package dev.coracle.commands.ctr;

import dev.coracle.base.EngineException;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.commands.Session;
import dev.coracle.commands.client.StdioPipes;
import dev.coracle.commands.client.Tasks;
import dev.coracle.linux.Signal;
import java.util.Optional;

/// From the start of a process to its end: signals and window sizes go to it, its status comes
/// back, and it is deleted. When anything fails the process is the caller's to clean up.
final class Attachment {
    private final Session session;
    private final Tasks tasks;
    private final String id;
    private final String exec;

    Attachment(Session session, Tasks tasks, String id, String exec) {
        this.session = session;
        this.tasks = tasks;
        this.id = id;
        this.exec = exec;
    }

    /// Waits before it starts, so that even the shortest life is seen.
    int until(Runnable start, Optional<StdioPipes> pipes, Optional<Console> console) throws InterruptedException {
        var exited = tasks.wait(id, exec);
        if (exec.isEmpty()) {
            // the terminal of a first process exists already: its program finds the right size from its first line on
            console.ifPresent(this::resize);
        }
        start.run();
        pipes.ifPresent(StdioPipes::started);
        session.terminal().flush();
        console.ifPresent(this::resize);
        session.signals().forward(name -> forward(name, console));
        try {
            var status = Tasks.await(exited);
            if (pipes.isPresent()) {
                pipes.get().drain();
            }
            deleteEnded();
            return status;
        } finally {
            session.signals().keep();
        }
    }

    private void deleteEnded() {
        try {
            tasks.delete(id, exec, false);
        } catch (NotFound gone) {
            // somebody else deleted it
        }
    }

    private void forward(String name, Optional<Console> console) {
        if (name.equals("WINCH") && console.isPresent()) {
            resize(console.get());
            return;
        }
        var signal = Signal.find("SIG" + name);
        try {
            signal.ifPresent(found -> tasks.kill(id, exec, found, false));
        } catch (EngineException ended) {
            // nobody is left to get it
        }
    }

    private void resize(Console console) {
        console.size((columns, rows) -> {
            try {
                tasks.resize(id, exec, columns, rows);
            } catch (EngineException e) {
                session.terminal().log("ERROR: resize pty: " + e.message());
            }
        });
    }
}
