package dev.coracle.runtime;

import dev.coracle.base.EngineException.Unknown;
import dev.coracle.core.tasks.Stdio;
import dev.coracle.linux.Errno;
import dev.coracle.linux.ErrnoException;
import dev.coracle.linux.Fd;
import dev.coracle.linux.Pipe;
import dev.coracle.linux.Poller;
import dev.coracle.processes.Command;
import dev.coracle.processes.Spawner;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.ObjectMapper;

/// The small program that stays with each container process: it is the parent that learns the exit status, and the
/// owner of the terminal. It outlives us.
///
/// Without a terminal it is told to pass its own descriptors 0 to 2 through to the runtime and thus to the container;
/// nobody relays. Where the client wants a log and to be attached, conmon relays: see [Stdio]. With a terminal, it
/// writes what it reads from the terminal to a log, see [ConsoleLog].
final class Conmon {
    /// @param directory where this process' files are: `init.pid`, `conmon.pid`, `exit`, `ctl`, `attach`
    /// @param processSpec the process to add to a running container; empty for the container itself
    record Request(
            String containerId,
            OciRuntime.Place place,
            Path directory,
            String processSpec,
            Stdio stdio,
            List<String> runtimeOptions) {
        Request {
            runtimeOptions = List.copyOf(runtimeOptions);
        }

        /// Then conmon waits with the runtime until somebody is attached.
        boolean isAttachedExec() {
            return !processSpec.isEmpty() && StdioTarget.isAttachable(stdio);
        }
    }

    /// What is done when the attach socket of a process that is added is there, and the process is not yet.
    @FunctionalInterface
    interface BeforeExec {
        void run() throws IOException;
    }

    /// @param pid the container process
    record Started(long pid, long conmon) {}

    static final String CONSOLE_LOG = "console.log";

    private static final int SYNC_PIPE = 3;
    private static final int HELD_OPEN = 4;
    private static final int START_PIPE = 5;
    private static final int ATTACH_PIPE = 6;
    private static final byte[] GO = {0};
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Spawner spawner;
    private final Poller poller;
    private final Programs programs;
    private final Map<String, String> environment;

    Conmon(Spawner spawner, Poller poller, Programs programs, Map<String, String> environment) {
        this.spawner = spawner;
        this.poller = poller;
        this.programs = programs;
        this.environment = environment;
    }

    static List<String> arguments(Request request) {
        var directory = request.directory().toString();
        var arguments = new ArrayList<String>();
        arguments.add("--api-version=1");
        arguments.addAll(List.of("--cid", request.containerId()));
        arguments.addAll(List.of("--cuuid", request.containerId()));
        arguments.addAll(List.of("--name", request.containerId()));
        arguments.addAll(List.of("--bundle", directory));
        arguments.addAll(List.of("--persist-dir", directory));
        arguments.addAll(List.of("--container-pidfile", directory + "/init.pid"));
        arguments.addAll(List.of("--conmon-pidfile", directory + "/conmon.pid"));
        arguments.addAll(List.of("--full-attach", "--no-sync-log", "--log-level", "error"));
        arguments.addAll(List.of("--log-path", logPath(request)));
        if (request.stdio().terminal()) {
            arguments.add("--terminal");
        }
        if (StdioTarget.parse(request.stdio().stdin()) instanceof StdioTarget.Attachable(var once)) {
            arguments.add("--stdin");
            if (!once) {
                arguments.add("--leave-stdin-open");
            }
        }
        if (StdioTarget.parse(request.stdio().stdout()) instanceof StdioTarget.Kept kept && kept.maxSize() > 0) {
            arguments.addAll(List.of("--log-size-max", Long.toString(kept.maxSize())));
        }
        if (!request.processSpec().isEmpty()) {
            arguments.addAll(List.of("--exec", "--exec-process-spec", request.processSpec()));
            if (request.isAttachedExec()) {
                arguments.add("--exec-attach");
            }
        }
        arguments.addAll(List.of("--runtime", request.place().program().toString()));
        for (var argument : request.place().arguments()) {
            arguments.addAll(List.of("--runtime-arg", argument));
        }
        for (var option : request.runtimeOptions()) {
            arguments.addAll(List.of("--runtime-opt", option));
        }
        return List.copyOf(arguments);
    }

    private static String logPath(Request request) {
        return switch (StdioTarget.parse(request.stdio().stdout())) {
            case StdioTarget.Kept kept -> "k8s-file:" + kept.log();
            case StdioTarget.Attachable _ -> "none";
            case StdioTarget.Nothing _, StdioTarget.NamedPipe _, StdioTarget.AppendedFile _, StdioTarget.Logger _ -> {
                if (!request.stdio().terminal()) {
                    yield "passthrough";
                }
                yield Creation.keepsConsole(request.stdio())
                        ? "k8s-file:" + request.directory().resolve(CONSOLE_LOG)
                        : "none";
            }
        };
    }

    /// Starts conmon, which has the runtime make the process; returns when the process exists.
    Started start(Request request, OpenedStdio stdio, BeforeExec beforeExec) {
        var attempt = request.processSpec().isEmpty() ? "OCI runtime create failed" : "OCI runtime exec failed";
        try (var pipe = Pipe.open();
                var go = Pipe.open();
                var attachable = Pipe.open()) {
            Files.deleteIfExists(request.place().log());
            var variables = new TreeMap<>(environment);
            variables.put("_OCI_SYNCPIPE", Integer.toString(SYNC_PIPE));
            var command = Command.of(programs.conmon(), arguments(request))
                    .environment(variables)
                    .in(request.directory())
                    .with(0, stdio.stdin())
                    .with(1, stdio.stdout())
                    .with(2, stdio.stderr())
                    .with(SYNC_PIPE, pipe.writer())
                    .fate(Command.Fate.OUTLIVES_US);
            if (stdio.heldOpen().isPresent()) {
                command = command.with(HELD_OPEN, stdio.heldOpen().get());
            }
            if (request.isAttachedExec()) {
                variables.put("_OCI_STARTPIPE", Integer.toString(START_PIPE));
                variables.put("_OCI_ATTACHPIPE", Integer.toString(ATTACH_PIPE));
                command = command.environment(variables)
                        .with(START_PIPE, go.reader())
                        .with(ATTACH_PIPE, attachable.writer());
                // the first word lets conmon fork, the second one lets it start the runtime
                go.writer().write(GO);
            }
            // the first process only forks the one that stays
            var forked = spawner.run(command, LIMIT);
            if (!forked.isSuccess()) {
                throw new Unknown(
                        "start conmon: " + forked.status().sentence() + ", see " + String.join(" ", command.words()));
            }
            pipe.writer().close();
            if (request.isAttachedExec()) {
                attachable.writer().close();
                go.reader().close();
                if (!firstLine(attachable.reader()).isEmpty()) {
                    beforeExec.run();
                }
                go.writer().write(GO);
            }
            var answer = firstLine(pipe.reader());
            var pid = pid(answer);
            if (pid <= 0) {
                throw OciRuntime.failure(attempt, request.place().log(), message(answer));
            }
            return new Started(
                    pid,
                    Long.parseLong(Files.readString(request.directory().resolve("conmon.pid"))
                            .strip()));
        } catch (IOException failure) {
            throw new Unknown(attempt + ": " + failure.getMessage(), failure);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new Unknown(attempt + ": interrupted", stop);
        }
    }

    /// Waits for one line or the end, without holding the calling thread in native code.
    private String firstLine(Fd reader) throws IOException, InterruptedException {
        var line = new CompletableFuture<String>();
        var read = new ByteArrayOutputStream();
        reader.setNonBlocking(true);
        poller.onReadable(reader, () -> {
            var buffer = new byte[4096];
            try {
                var count = reader.read(buffer, 0, buffer.length);
                read.write(buffer, 0, count);
                var said = read.toString(StandardCharsets.UTF_8);
                if (count == 0 || said.contains("\n")) {
                    poller.remove(reader);
                    // the status of an added process that has already ended is a second line
                    line.complete(said.lines().findFirst().orElse(""));
                }
            } catch (ErrnoException failure) {
                if (!failure.is(Errno.EAGAIN)) {
                    poller.remove(reader);
                    line.completeExceptionally(failure);
                }
            }
        });
        try {
            return line.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException failure) {
            throw new IOException("read conmon's answer: " + failure.getMessage(), failure);
        } catch (TimeoutException late) {
            throw new IOException("conmon has not answered within " + LIMIT.toSeconds() + " s", late);
        } finally {
            poller.remove(reader);
        }
    }

    private static long pid(String answer) {
        try {
            return answer.isBlank() ? -1 : JSON.readTree(answer).path("data").asLong(-1);
        } catch (JacksonException strange) {
            return -1;
        }
    }

    private static String message(String answer) {
        try {
            return answer.isBlank() ? "" : JSON.readTree(answer).path("message").asString("");
        } catch (JacksonException strange) {
            return answer.strip();
        }
    }
}
