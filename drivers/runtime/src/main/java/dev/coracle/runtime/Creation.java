package dev.coracle.runtime;

import dev.coracle.base.EngineException;
import dev.coracle.base.EngineException.AlreadyExists;
import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.base.EngineException.Unknown;
import dev.coracle.core.mounts.Mounter;
import dev.coracle.core.tasks.CreateTask;
import dev.coracle.core.tasks.Stdio;
import dev.coracle.core.tasks.TaskRuntime.ProcessKey;
import dev.coracle.linux.Errno;
import dev.coracle.linux.ErrnoException;
import dev.coracle.linux.PidFd;
import dev.coracle.linux.Signal;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// How a task comes to be and how it goes: directory, mounts, conmon, runtime; and the reverse. What has been begun is
/// written down first, so that a later daemon can undo it.
final class Creation {
    private static final System.Logger LOG = System.getLogger(Creation.class.getName());

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Bundles bundles;
    private final Programs programs;
    private final Mounter mounter;
    private final Cgroups cgroups;
    private final OciRuntime oci;
    private final ProcessStart starts;

    Creation(
            Bundles bundles, Programs programs, Mounter mounter, Cgroups cgroups, OciRuntime oci, ProcessStart starts) {
        this.bundles = bundles;
        this.programs = programs;
        this.mounter = mounter;
        this.cgroups = cgroups;
        this.oci = oci;
        this.starts = starts;
    }

    /// What is to be made, checked before anything is.
    Task plan(String namespace, CreateTask request, ContainerSpec spec, RuncOptions options) {
        programs.conmon();
        var program = programs.runtime(options.binaryName());
        var use = cgroupUse(spec, options);
        if (use == CgroupUse.NONE) {
            ContainerSpec.requireControllers(
                    spec.limits(),
                    Set.of(),
                    "the container is to have no control group",
                    "give it one, for example --cgroup user.slice:coracle:NAME --runc-systemd-cgroup");
        } else {
            ContainerSpec.requireControllers(
                    spec.limits(),
                    cgroups.controllers(use),
                    "it is not among those this account may use here",
                    "have it delegated to the user (systemd: Delegate= of user@.service), or leave the limit out");
        }
        var root = options.root().isEmpty()
                ? bundles.runtimeRoot(namespace)
                : Path.of(options.root()).resolve(namespace);
        var record = new TaskRecord(false, program, root, use, Optional.empty(), spec.hasOwnPidNamespace(), false);
        var bundle = bundles.of(namespace, request.containerId());
        var key = ProcessKey.init(namespace, request.containerId());
        return new Task(bundle, new TaskProcess(key, bundle, ProcessRecord.planned(request.stdio())), record);
    }

    private static CgroupUse cgroupUse(ContainerSpec spec, RuncOptions options) {
        var path = spec.cgroupsPath();
        if (path.isEmpty()) {
            return CgroupUse.NONE;
        }
        if (!options.systemdCgroup()) {
            return CgroupUse.CGROUPFS;
        }
        if (path.split(":", -1).length != 3) {
            throw new InvalidArgument("cgroup path \"" + path
                    + "\" does not have the form slice:prefix:name that control groups by systemd need");
        }
        return CgroupUse.SYSTEMD;
    }

    /// Makes it; after a failure nothing of it is left.
    void make(Task task, CreateTask request, ContainerSpec spec, RuncOptions options) {
        try {
            bundles.make(task.namespace(), task.id());
        } catch (FileAlreadyExistsException taken) {
            throw new AlreadyExists("task " + task.id() + " already exists", taken);
        } catch (IOException failure) {
            throw new Unknown("make bundle " + task.bundle() + ": " + failure.getMessage(), failure);
        }
        try {
            task.record(task.record());
            task.init().record(task.init().record());
            mounter.mount(request.rootfs(), task.rootfs());
            var use = task.record().cgroup();
            if (use == CgroupUse.NONE || !cgroups.controllers(use).contains("cpu")) {
                spec.withoutDefaultLimits();
            }
            Files.write(
                    task.bundle().resolve("config.json"),
                    spec.withUnderstoodVersion().bytes());
            Files.createDirectories(task.record().runtimeRoot());
            starts.start(task, task.init(), "", runtimeOptions(options));
            task.record(task.record().completed(cgroups.of(task.init().record().pid())));
        } catch (IOException failure) {
            undo(task, failure);
            throw new Unknown("create task " + task.id() + ": " + failure.getMessage(), failure);
        } catch (EngineException failure) {
            undo(task, failure);
            throw failure;
        }
    }

    private static List<String> runtimeOptions(RuncOptions options) {
        var words = new ArrayList<String>();
        if (options.noPivotRoot()) {
            words.add("--no-pivot");
        }
        if (options.noNewKeyring()) {
            words.add("--no-new-keyring");
        }
        return words;
    }

    private void undo(Task task, Exception cause) {
        try {
            remove(task);
        } catch (IOException | EngineException second) {
            cause.addSuppressed(second);
        }
    }

    /// Ends what still runs and removes all traces. Can be repeated.
    void remove(Task task) throws IOException {
        var record = task.record();
        var log = task.bundle().resolve("log.json");
        var place = new OciRuntime.Place(
                record.runtime(), programs.isCrun(record.runtime()), record.runtimeRoot(), record.cgroup(), log);
        var ended = oci.attempt(place, "delete", List.of("--force"), task.id());
        var state = record.runtimeRoot().resolve(task.id());
        if (Files.exists(state)) {
            if (!ended.isSuccess() && record.complete()) {
                throw OciRuntime.failure("OCI runtime delete failed", log, ended.errorTail());
            }
            // of a creation that was cut off the runtime itself can make nothing
            Bundles.removeTree(state);
        }
        try {
            for (var process : task.processes()) {
                process.awaitQuiet(PATIENCE);
                process.forget();
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("wait for the end of task " + task.id() + ": interrupted");
        }
        discard(task.namespace(), task.id());
    }

    /// Removes the directory of a task that has no processes.
    void discard(String namespace, String id) throws IOException {
        mounter.unmount(bundles.of(namespace, id).resolve("rootfs"));
        bundles.remove(namespace, id);
    }

    /// Kills the conmons and runtimes that work in a directory, however far they have come, and waits for their end.
    /// For what was begun and never recorded.
    void killHelpers(Path runtime, Path directory) throws IOException {
        var names = Set.of("conmon", runtime.getFileName().toString());
        var deadline = System.nanoTime() + PATIENCE.toNanos();
        for (var found = helpers(names, directory); !found.isEmpty(); found = helpers(names, directory)) {
            if (System.nanoTime() > deadline) {
                throw new IOException("processes " + found + " work in " + directory + " and do not end");
            }
            for (var pid : found) {
                try (var helper = PidFd.open(pid)) {
                    LOG.log(System.Logger.Level.INFO, "killing unfinished helper pid={0}", Integer.toString(pid));
                    helper.send(Signal.KILL);
                    helper.awaitEnd(PATIENCE);
                } catch (ErrnoException gone) {
                    if (!gone.is(Errno.ESRCH)) {
                        throw gone;
                    }
                }
            }
        }
    }

    private List<Integer> helpers(Set<String> names, Path directory) throws IOException {
        return cgroups.pids(process -> {
            var words = words(process);
            return names.contains(words.getFirst().substring(words.getFirst().lastIndexOf('/') + 1))
                    && words.stream()
                            .anyMatch(word -> word.equals(directory.toString()) || word.contains(directory + "/"));
        });
    }

    private static List<String> words(Path process) {
        try {
            return List.of(Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1)
                    .split("\0", -1));
        } catch (IOException endedOrNotOurs) {
            return List.of("");
        }
    }

    static boolean isConmonOf(Path process, String directory) {
        var words = words(process);
        var at = words.indexOf("--bundle");
        return words.getFirst().endsWith("conmon")
                && at > 0
                && at + 1 < words.size()
                && words.get(at + 1).equals(directory);
    }

    /// Nothing needs a terminal's log when nobody reads it.
    static boolean keepsConsole(Stdio stdio) {
        return stdio.terminal() && Consoles.isWanted(stdio);
    }
}
