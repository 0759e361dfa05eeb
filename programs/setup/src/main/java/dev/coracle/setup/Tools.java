package dev.coracle.setup;

import dev.coracle.processes.Command;
import dev.coracle.processes.Ended;
import dev.coracle.processes.Spawner;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// The programs that installing takes: the service manager's, and those of this tree.
final class Tools {
    private static final Duration LIMIT = Duration.ofMinutes(6);

    private final Spawner spawner;
    private final Ground ground;
    private final Path tree;

    Tools(Spawner spawner, Ground ground, Path tree) {
        this.spawner = spawner;
        this.ground = ground;
        this.tree = tree;
    }

    Path tree() {
        return tree;
    }

    /// Whether this session has a service manager of its own.
    boolean hasSystemd() {
        return ground.variable("XDG_RUNTIME_DIR")
                        .filter(runtime -> ground.isThere(runtime + "/systemd/private"))
                        .isPresent()
                && ground.program("systemctl").isPresent();
    }

    Ended systemctl(String... words) throws IOException, InterruptedException {
        return run("systemctl", "--user", words);
    }

    Ended loginctl(String... words) throws IOException, InterruptedException {
        return run("loginctl", "--no-ask-password", words);
    }

    Ended journal(String unit) throws IOException, InterruptedException {
        return run("journalctl", "--user", "-n", "20", "--no-pager", "--unit", unit);
    }

    /// One of ours.
    Ended ours(String path, String... words) throws IOException, InterruptedException {
        return run(tree.resolve(path), List.of(words));
    }

    private Ended run(String program, String first, String... words) throws IOException, InterruptedException {
        var file = ground.program(program)
                .orElseThrow(() -> new IOException("run " + program + ": the program is not installed"));
        var all = new java.util.ArrayList<>(List.of(first));
        all.addAll(List.of(words));
        return run(file, all);
    }

    private Ended run(Path program, List<String> words) throws IOException, InterruptedException {
        return spawner.run(Command.of(program, words).environment(ground.environment()), LIMIT);
    }
}
