package dev.coracle.runtime;

import dev.coracle.base.EngineException;
import dev.coracle.base.EngineException.Unknown;
import dev.coracle.linux.Directory;
import dev.coracle.linux.ErrnoException;
import dev.coracle.linux.Fd;
import dev.coracle.linux.FileName;
import dev.coracle.linux.OpenFlag;
import dev.coracle.linux.Pipe;
import dev.coracle.linux.Polling;
import dev.coracle.processes.Command;
import dev.coracle.processes.Readiness;
import dev.coracle.processes.Running;
import dev.coracle.processes.Spawner;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.TreeMap;

/// Programs that take a container's output. They read the streams from their descriptors 3 and 4, say on 5 that they
/// are
/// ready, outlive us, and end when the container's last process has ended.
final class Loggers {
    /// Our ends, which keep the streams from ending until the container holds its own.
    record Pipes(Fd output, Fd errors) {}

    private static final Duration READY = Duration.ofSeconds(10);
    private static final String OUTPUT = "logger.out";
    private static final String ERRORS = "logger.err";

    private final Spawner spawner;
    private final String namespace;
    private final String containerId;

    Loggers(Spawner spawner, String namespace, String containerId) {
        this.spawner = spawner;
        this.namespace = namespace;
        this.containerId = containerId;
    }

    static Path outputPipe(Path directory) {
        return directory.resolve(OUTPUT);
    }

    Pipes start(StdioTarget.Logger logger, Path directory) {
        try {
            var output = makePipe(directory, OUTPUT);
            try {
                var errors = makePipe(directory, ERRORS);
                try {
                    launch(logger, directory);
                    return new Pipes(output, errors);
                } catch (IOException | EngineException failure) {
                    errors.close();
                    throw failure;
                }
            } catch (IOException | EngineException failure) {
                output.close();
                throw failure;
            }
        } catch (IOException failure) {
            throw new Unknown("start logger " + logger.program() + ": " + failure.getMessage(), failure);
        }
    }

    private static Fd makePipe(Path directory, String name) throws ErrnoException {
        try (var open = Directory.open(directory)) {
            open.makeFifo(FileName.of(name), 0600);
        }
        return OpenedStdio.openPipe(name, directory.resolve(name));
    }

    private void launch(StdioTarget.Logger logger, Path directory) throws IOException {
        try (var output = OpenedStdio.open("logger", directory.resolve(OUTPUT), Set.of());
                var errors = OpenedStdio.open("logger", directory.resolve(ERRORS), Set.of());
                var nothing = OpenedStdio.open("logger", Path.of("/dev/null"), Set.of(OpenFlag.READ_WRITE));
                var ready = Pipe.open()) {
            var command = Command.of(logger.program(), logger.arguments());
            var variables = new TreeMap<>(command.environment());
            variables.put("CONTAINER_ID", containerId);
            variables.put("CONTAINER_NAMESPACE", namespace);
            var running = spawner.start(command.environment(variables)
                    .with(0, nothing)
                    .with(1, nothing)
                    .with(2, nothing)
                    .with(3, output)
                    .with(4, errors)
                    .with(5, ready.writer())
                    .fate(Command.Fate.OUTLIVES_US));
            ready.writer().close();
            awaitReady(logger, running, ready.reader());
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new Unknown("start logger " + logger.program() + ": interrupted", stop);
        }
    }

    /// Ready is the end of the pipe; for the second version of the protocol a byte must come before it.
    private static void awaitReady(StdioTarget.Logger logger, Running running, Fd reader)
            throws IOException, InterruptedException {
        if (logger.saysReady()) {
            Readiness.byPipe(running, reader, 1, READY);
            return;
        }
        if (!Polling.awaitReadable(reader, READY)) {
            running.end(Duration.ofSeconds(1));
            throw new IOException("not ready after " + READY.toSeconds() + " s");
        }
    }
}
