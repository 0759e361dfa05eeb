package dev.coracle.daemon;

import dev.coracle.base.EngineException.Internal;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.cli.Programs;
import dev.coracle.linux.Pipe;
import dev.coracle.processes.Command;
import dev.coracle.processes.Spawner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// The programs that a command line needs for a moment, such as credential helpers, with the client's
/// environment.
final class ClientsPrograms implements Programs {
    private static final Duration LIMIT = Duration.ofMinutes(1);

    /// A pipe takes as much without a reader.
    private static final int MOST_INPUT = 64 << 10;

    private final Spawner spawner;

    ClientsPrograms(Spawner spawner) {
        this.spawner = spawner;
    }

    @Override
    public Ended run(List<String> command, byte[] input, Map<String, String> environment) throws InterruptedException {
        var program = find(command.getFirst(), environment.getOrDefault("PATH", ""));
        if (input.length > MOST_INPUT) {
            throw new Internal("run " + program + ": " + input.length + " bytes of input are more than the "
                    + MOST_INPUT + " that are possible");
        }
        try (var pipe = Pipe.open()) {
            pipe.writer().write(input);
            pipe.writer().close();
            var ended = spawner.run(
                    Command.of(program, command.subList(1, command.size()))
                            .environment(environment)
                            .with(0, pipe.reader()),
                    LIMIT);
            return new Ended(ended.status().shellStatus(), ended.output(), ended.errorTail());
        } catch (IOException e) {
            throw new Internal("run " + program + ": " + e.getMessage(), e);
        }
    }

    private static Path find(String program, String searchPath) {
        return Arrays.stream(searchPath.split(":"))
                .filter(folder -> folder.startsWith("/"))
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new NotFound("run " + program + ": no such program in PATH=" + searchPath));
    }
}
