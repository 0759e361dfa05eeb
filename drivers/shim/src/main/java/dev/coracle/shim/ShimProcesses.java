package dev.coracle.shim;

import dev.coracle.base.EngineException;
import dev.coracle.core.tasks.Exit;
import dev.coracle.core.types.TypedBytes;
import dev.coracle.processes.Spawner;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;

/// What containers and sandboxes have in common: their shims are started, connected to, and cleaned
/// up after in the same way.
record ShimProcesses(ShimSettings settings, Spawner spawner, InstantSource clock) {
    private static final System.Logger LOG = System.getLogger(ShimProcesses.class.getName());

    ShimProgram program(String runtime) {
        return program(ShimPrograms.find(runtime, settings.searchPath()));
    }

    ShimProgram program(Path path) {
        return new ShimProgram(path, settings, spawner);
    }

    /// Starts the shim and keeps its answer in the bundle.
    Bootstrap start(Shim shim, TypedBytes options) throws IOException {
        // before the start: a shim waits until somebody reads its log
        shim.reads(ShimLog.open(shim.bundle(), shim.id(), spawner.poller()));
        var bootstrap = shim.program().start(shim.namespace(), shim.id(), shim.bundle(), options);
        bootstrap.write(shim.bundle());
        return bootstrap;
    }

    /// @param ended is called when the connection ends, though we did not close it
    void connect(Shim shim, Bootstrap bootstrap, Runnable ended) throws IOException {
        if (!shim.isRead()) {
            shim.reads(ShimLog.open(shim.bundle(), shim.id(), spawner.poller()));
        }
        var client = TtrpcClient.connect(bootstrap.socket(), shim.namespace(), ended);
        shim.connected(new TaskApi(client, shim.id(), bootstrap.version()));
    }

    /// Has the program remove what a shim left that is gone. Answers how its container ended.
    ///
    /// @param status unless the program knows better
    Exit cleanUp(Shim shim, int status) {
        var now = clock.instant();
        try {
            var answer = TaskApi.exit(shim.program().delete(shim.namespace(), shim.id(), shim.bundle()));
            return new Exit(
                    answer.pid() == 0 ? shim.pid() : answer.pid(),
                    answer.status() == 0 ? status : answer.status(),
                    answer.exitedAt().equals(Instant.EPOCH) ? now : answer.exitedAt());
        } catch (EngineException e) {
            LOG.log(System.Logger.Level.WARNING, "clean up after the shim of " + shim.id(), e);
            return new Exit(shim.pid(), status, now);
        }
    }
}
