package dev.coracle.daemon;

import dev.coracle.base.EngineException.Internal;
import dev.coracle.core.tasks.TaskRuntime;
import dev.coracle.linux.Mounts;
import dev.coracle.metadata.MetadataStores;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// Looks for what does not fit together: records, blobs, snapshots, bundles of tasks and mounts.
///
/// @param state where the runtimes keep their bundles
record Inspection(MetadataStores stores, TaskRuntime tasks, Path state) {
    private static final String BUNDLES = "io.containerd.runtime.v2.task";

    /// Collects garbage, and then tells everything that is lost or left over, a sentence each. What comes and goes
    /// while it looks is not told.
    List<String> findings() {
        stores.collector().collect();
        var findings = new LinkedHashSet<>(stores.audit());
        var first = running();
        if (!first.isEmpty()) {
            first.retainAll(running());
            findings.addAll(first);
        }
        return List.copyOf(findings);
    }

    private Set<String> running() {
        var findings = new LinkedHashSet<String>();
        try {
            var folder = Files.exists(state.resolve(BUNDLES))
                    ? state.resolve(BUNDLES).toRealPath()
                    : state.resolve(BUNDLES);
            // tasks are asked for last: one that is made meanwhile must not look like something left over
            var mounted = mounted(folder);
            for (var namespace : entries(folder)) {
                var bundles = entries(namespace);
                var known = tasks.list(name(namespace)).stream()
                        .map(task -> task.containerId())
                        .collect(Collectors.toSet());
                for (var bundle : bundles) {
                    if (!known.contains(name(bundle))) {
                        findings.add("bundle " + bundle + " has no task");
                        mounted.stream()
                                .filter(target -> target.startsWith(bundle))
                                .forEach(target -> findings.add("mount " + target + " has no task"));
                    }
                }
            }
            mounted.stream()
                    .filter(target -> target.getNameCount() > folder.getNameCount() + 2)
                    .filter(target -> !Files.exists(
                            folder.resolve(folder.relativize(target).subpath(0, 2))))
                    .forEach(target -> findings.add("mount " + target + " has no bundle"));
        } catch (IOException e) {
            throw new Internal("look at the bundles in " + state + ": " + Directories.reason(e), e);
        }
        return findings;
    }

    /// The last name of a path that has one.
    private static String name(Path path) {
        return String.valueOf(path.getFileName());
    }

    private static List<Path> mounted(Path folder) throws IOException {
        return Mounts.list().stream()
                .map(mount -> Path.of(mount.target()))
                .filter(target -> target.startsWith(folder) && !target.equals(folder))
                .toList();
    }

    private static List<Path> entries(Path folder) throws IOException {
        var entries = new ArrayList<Path>();
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
                all.forEach(entries::add);
            }
        }
        entries.sort(null);
        return entries;
    }
}
