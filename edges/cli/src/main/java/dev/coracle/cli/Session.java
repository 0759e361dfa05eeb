package dev.coracle.cli;

import dev.coracle.base.EngineException;
import dev.coracle.base.TaskGroup;
import dev.coracle.cli.line.UsageFailure;
import dev.coracle.engine.NamespaceEngine;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.stream.Collectors;

/// One command at work: the engine's view of its namespace, the client, and what to print on.
public final class Session {
    /// More than so many wait for each other.
    private static final int AT_ONCE = 16;

    private final Host host;
    private final Invocation invocation;
    private final Settings settings;
    private final Output out;
    private final Output err;

    Session(Host host, Invocation invocation, Settings settings, Output out, Output err) {
        this.host = host;
        this.invocation = invocation;
        this.settings = settings;
        this.out = out;
        this.err = err;
    }

    /// The engine in the namespace that was chosen.
    public NamespaceEngine engine() {
        return host.engine().in(settings.namespace());
    }

    public Host host() {
        return host;
    }

    public Invocation invocation() {
        return invocation;
    }

    public Terminal terminal() {
        return invocation.terminal();
    }

    public Settings settings() {
        return settings;
    }

    public Output out() {
        return out;
    }

    public Output err() {
        return err;
    }

    public Instant now() {
        return host.clock().instant();
    }

    /// A path as the person wrote it.
    public Path path(String text) {
        return invocation.path(text);
    }

    /// Something to be known beside the result, on the error stream.
    public void warn(String text) {
        out.flush();
        err.line("WARNING: " + text);
        err.flush();
    }

    /// Says what went wrong, and what can be done about it.
    public synchronized void complain(EngineException failure) {
        out.flush();
        err.line("Error: " + failure.message());
        failure.remedy().ifPresent(remedy -> err.line("hint: " + remedy));
        err.flush();
    }

    /// What is done to each of several things.
    @FunctionalInterface
    public interface Action {
        /// @return what is printed when it is done
        String on(String name) throws InterruptedException;
    }

    /// Does it to all of them, also after a failure.
    ///
    /// @return the exit status
    public int each(List<String> names, Action action) throws InterruptedException {
        var status = 0;
        for (var name : names) {
            try {
                var done = action.on(name);
                if (!done.isEmpty()) {
                    out.line(done);
                }
            } catch (EngineException failure) {
                complain(failure);
                status = 1;
            }
        }
        return status;
    }

    /// As [#each], for what takes its time: several at once, and what they say in the order of the
    /// names.
    public int together(List<String> names, Action action) throws InterruptedException {
        if (names.size() == 1) {
            return each(names, action);
        }
        var turns = new Semaphore(AT_ONCE);
        var outcomes = new ArrayList<Future<Outcome>>();
        try (var group = new TaskGroup()) {
            for (var name : names) {
                outcomes.add(group.fork(() -> {
                    turns.acquire();
                    try {
                        return new Outcome(action.on(name), Optional.empty());
                    } catch (EngineException failure) {
                        return new Outcome("", Optional.of(failure));
                    } finally {
                        turns.release();
                    }
                }));
            }
            group.join();
        } catch (InterruptedException | RuntimeException failure) {
            throw failure;
        } catch (Exception failure) {
            throw new IllegalStateException("an action on one of " + names, failure);
        }
        return tell(outcomes);
    }

    private record Outcome(String done, Optional<EngineException> failure) {}

    private int tell(List<Future<Outcome>> outcomes) {
        var status = 0;
        for (var outcome : outcomes) {
            var now = outcome.resultNow();
            if (!now.done().isEmpty()) {
                out.line(now.done());
            }
            if (now.failure().isPresent()) {
                complain(now.failure().get());
                status = 1;
            }
        }
        return status;
    }

    /// Asks for a yes, unless it was given beforehand.
    public boolean confirm(String warning, boolean given) {
        if (given) {
            return true;
        }
        out.print("WARNING! " + warning + "\nAre you sure you want to continue? [y/N] ");
        out.flush();
        var answer = Prompts.line(terminal().in()).strip();
        return answer.equals("y") || answer.equals("Y");
    }

    /// Refuses options that go against each other or mean nothing here.
    public static UsageFailure refuse(String reason) {
        return UsageFailure.of(reason);
    }

    /// Names, one a line.
    public void lines(List<String> names) {
        out.print(names.stream().map(name -> name + "\n").collect(Collectors.joining()));
    }
}
