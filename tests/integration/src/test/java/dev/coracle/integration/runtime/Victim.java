package dev.coracle.integration.runtime;

import static dev.coracle.integration.runtime.Ground.NAMESPACE;
import static dev.coracle.integration.runtime.Ground.init;

import dev.coracle.core.tasks.Stdio;
import dev.coracle.core.tasks.TaskRuntime.ProcessKey;
import java.nio.file.Path;

/// A daemon that makes, starts, fills and deletes containers without end, until somebody kills it.
final class Victim {
    private Victim() {}

    public static void main(String[] arguments) throws Exception {
        var ground = Ground.takeOver(Path.of(arguments[0]), arguments[1]);
        for (var i = 0; ; i++) {
            var id = "c" + ProcessHandle.current().pid() + "-" + i;
            var file = "file://" + ground.directory().resolve("log");
            ground.runtime().create(NAMESPACE, ground.task(id, new Stdio("", file, file, i % 2 == 0), "sleep", "1000"));
            ground.runtime().start(init(id));
            var added = new ProcessKey(NAMESPACE, id, "added");
            ground.runtime().exec(added, Ground.exec(false, "sleep", "1000"), new Stdio("", "", "", false));
            ground.runtime().start(added);
            if (i % 3 != 0) {
                ground.runtime().kill(init(id), 9, true);
                ground.runtime().await(init(id));
                ground.runtime().delete(init(id));
            }
        }
    }
}
