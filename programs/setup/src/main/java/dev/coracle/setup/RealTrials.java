package dev.coracle.setup;

import dev.coracle.processes.Command;
import dev.coracle.processes.Ended;
import dev.coracle.processes.Spawner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// The trials with the programs of this tree.
final class RealTrials implements Trials {
    private static final Duration LIMIT = Duration.ofSeconds(90);

    private final Spawner spawner;
    private final Path tree;
    private final Ground ground;

    RealTrials(Spawner spawner, Path tree, Ground ground) {
        this.spawner = spawner;
        this.tree = tree;
        this.ground = ground;
    }

    @Override
    public Outcome namespaces() throws IOException, InterruptedException {
        return outcome(rootlesskit(
                List.of("--disable-host-loopback", "--copy-up=/etc", "--copy-up=/run", "--copy-up=/var/lib"), "true"));
    }

    @Override
    public Outcome overlay() throws IOException, InterruptedException {
        var folder = ground.dataFolder();
        Files.createDirectories(folder);
        var work = Files.createTempDirectory(folder, "overlay-trial-");
        try {
            for (var name : List.of("lower", "upper", "work", "merged")) {
                Files.createDirectory(work.resolve(name));
            }
            var options = "lowerdir=%1$s/lower,upperdir=%1$s/upper,workdir=%1$s/work,userxattr".formatted(work);
            return outcome(rootlesskit(
                    List.of(),
                    "mount",
                    "-t",
                    "overlay",
                    "-o",
                    options,
                    "overlay",
                    work.resolve("merged").toString()));
        } finally {
            // what the kernel made in its work folder belongs to root inside
            rootlesskit(List.of(), "rm", "-rf", work.toString());
        }
    }

    private Ended rootlesskit(List<String> flags, String... command) throws IOException, InterruptedException {
        var words = new ArrayList<>(flags);
        words.addAll(List.of(command));
        return spawner.run(Command.of(tree.resolve("bin/rootlesskit"), words).environment(ground.environment()), LIMIT);
    }

    private static Outcome outcome(Ended ended) {
        return new Outcome(
                ended.isSuccess(),
                String.join("; ", ended.errorTail().strip().lines().toList()));
    }
}
