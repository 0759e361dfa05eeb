package dev.coracle.runtime;

import dev.coracle.base.EngineException;
import dev.coracle.core.tasks.TaskRuntime.ProcessKey;
import dev.coracle.core.tasks.TaskStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.ObjectMapper;

/// What a new daemon does with the directories that an earlier one left: a task that was made is found again, one that
/// was being made is removed.
final class Recovery {
    private static final System.Logger LOG = System.getLogger(Recovery.class.getName());
    private static final ObjectMapper JSON = new ObjectMapper();

    /// In a bundle that belongs to a shim, which is found again by others.
    private static final String SHIMS = "shim-binary-path";

    private final Bundles bundles;
    private final Creation creation;
    private final ProcessStart starts;
    private final OciRuntime oci;

    Recovery(Bundles bundles, Creation creation, ProcessStart starts, OciRuntime oci) {
        this.bundles = bundles;
        this.creation = creation;
        this.starts = starts;
        this.oci = oci;
    }

    /// One bad directory does not keep the others from being found.
    void run(Consumer<Task> found) throws IOException {
        for (var namespace : bundles.namespaces()) {
            for (var id : bundles.ids(namespace)) {
                try {
                    recover(namespace, id).ifPresent(found);
                } catch (IOException | EngineException failure) {
                    LOG.log(
                            System.Logger.Level.ERROR,
                            "find again container " + id + " of namespace " + namespace,
                            failure);
                }
            }
        }
    }

    private Optional<Task> recover(String namespace, String id) throws IOException {
        var bundle = bundles.of(namespace, id);
        if (Files.exists(bundle.resolve(SHIMS))) {
            return Optional.empty();
        }
        var record = TaskRecord.read(bundle);
        var process = ProcessRecord.read(bundle);
        if (record.isEmpty() || process.isEmpty()) {
            creation.discard(namespace, id);
            return Optional.empty();
        }
        var init = new TaskProcess(ProcessKey.init(namespace, id), bundle, process.get());
        var task = new Task(bundle, init, record.get());
        if (!record.get().complete()) {
            LOG.log(System.Logger.Level.INFO, "removing unfinished task container={0}", id);
            creation.killHelpers(record.get().runtime(), bundle);
            creation.remove(task);
            return Optional.empty();
        }
        if (!find(init)) {
            if (init.status() == TaskStatus.CREATED && isStarted(task)) {
                // killed between the start and its note
                init.record(init.record().withStarted());
            }
            starts.find(task, init);
        }
        for (var execId : Bundles.names(bundle.resolve("exec"))) {
            recover(task, execId);
        }
        return Optional.of(task);
    }

    /// Whether the end of a process has been told already.
    private static boolean find(TaskProcess process) throws IOException {
        var exit = ProcessRecord.readExit(process.directory());
        exit.ifPresent(how -> {
            process.ended(how);
            process.told();
        });
        return exit.isPresent();
    }

    private boolean isStarted(Task task) throws IOException {
        var answer = oci.attempt(starts.place(task, task.init()), "state", List.of(), task.id());
        try {
            return answer.isSuccess()
                    && !JSON.readTree(answer.output())
                            .path("status")
                            .asString("")
                            .equals("created");
        } catch (JacksonException strange) {
            return false;
        }
    }

    private void recover(Task task, String execId) throws IOException {
        var directory = task.directoryOf(execId);
        var record = ProcessRecord.read(directory);
        if (record.isEmpty()) {
            Bundles.removeTree(directory);
            return;
        }
        var key = new ProcessKey(task.namespace(), task.id(), execId);
        var process = new TaskProcess(key, directory, record.get());
        if (!find(process)) {
            if (record.get().pid() != 0 || starts.adopt(process)) {
                starts.find(task, process);
            } else {
                // what was only planned stays planned, without the leavings of an attempt to start it
                creation.killHelpers(task.record().runtime(), directory);
            }
        }
        task.added().put(execId, process);
    }
}
