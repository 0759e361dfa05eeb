package dev.coracle.runtime;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// What has to be known about a task to find it again: kept in its bundle from before anything else is made.
///
/// @param complete whether the creation went through; otherwise it is removed at the next start
/// @param runtime the OCI runtime that made it, which must also end it
/// @param runtimeRoot where that runtime keeps its own state
/// @param group the directory of its control group, when it has one
record TaskRecord(
        boolean complete,
        Path runtime,
        Path runtimeRoot,
        CgroupUse cgroup,
        Optional<Path> group,
        boolean ownPidNamespace,
        boolean paused) {

    private static final String FILE = "task";

    TaskRecord completed(Optional<Path> foundGroup) {
        return new TaskRecord(true, runtime, runtimeRoot, cgroup, foundGroup, ownPidNamespace, paused);
    }

    TaskRecord paused(boolean now) {
        return new TaskRecord(complete, runtime, runtimeRoot, cgroup, group, ownPidNamespace, now);
    }

    void write(Path bundle) throws IOException {
        StateFile.write(
                bundle.resolve(FILE),
                Map.of(
                        "complete", Boolean.toString(complete),
                        "runtime", runtime.toString(),
                        "runtimeRoot", runtimeRoot.toString(),
                        "cgroup", cgroup.name(),
                        "group", group.map(Path::toString).orElse(""),
                        "ownPidNamespace", Boolean.toString(ownPidNamespace),
                        "paused", Boolean.toString(paused)));
    }

    static Optional<TaskRecord> read(Path bundle) throws IOException {
        return StateFile.read(bundle.resolve(FILE))
                .map(words -> new TaskRecord(
                        Boolean.parseBoolean(words.get("complete")),
                        Path.of(words.getOrDefault("runtime", "/")),
                        Path.of(words.getOrDefault("runtimeRoot", "/")),
                        CgroupUse.valueOf(words.getOrDefault("cgroup", "NONE")),
                        Optional.of(words.getOrDefault("group", ""))
                                .filter(path -> !path.isEmpty())
                                .map(Path::of),
                        Boolean.parseBoolean(words.get("ownPidNamespace")),
                        Boolean.parseBoolean(words.get("paused"))));
    }
}
