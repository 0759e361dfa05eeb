package dev.coracle.engine.containers;

import dev.coracle.base.EngineException;
import dev.coracle.base.EngineException.FailedPrecondition;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.core.networks.Sandbox;
import dev.coracle.core.tasks.CreateTask;
import dev.coracle.core.tasks.Exit;
import dev.coracle.core.tasks.Stdio;
import dev.coracle.core.types.TypedBytes;
import dev.coracle.oci.RuntimeSpec;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/// One run of a container as the runtime has it: its network, its files in `/etc`, its task. With
/// the entry's lock held.
final class Runs {
    private final EngineParts parts;
    private final Folders folders;
    private final ContainerMaker maker;
    private final Networking networking;
    private final EtcFiles etc;

    Runs(EngineParts parts, Folders folders, ContainerMaker maker, Networking networking) {
        this.parts = parts;
        this.folders = folders;
        this.maker = maker;
        this.networking = networking;
        this.etc = new EtcFiles(folders, parts.settings().hostResolvConf());
    }

    /// What the runtime knows of a run.
    enum Found {
        RUNNING,
        ENDED,
        NONE
    }

    /// Makes everything and starts it. What was made before a failure is [#undo]'s.
    void begin(Entry entry, Optional<Attached> attached) {
        var doc = entry.doc();
        var sandbox = networking.open(doc);
        etc.write(doc, sandbox, networking.hostAddress(doc), networking.linked(doc));
        var record = parts.in(doc.namespace()).containers().get(doc.id());
        var spec = networking.join(RuntimeSpec.parse(record.spec().value()), doc, sandbox.map(Sandbox::namespace));
        SpecWriter.withHostDevices(spec, doc);
        parts.tasks()
                .create(
                        doc.namespace(),
                        new CreateTask(
                                doc.id(),
                                parts.settings().runtime(),
                                new TypedBytes(TypedBytes.RUNTIME_SPEC, spec.bytes()),
                                runtimeOptions(doc),
                                maker.rootfs(doc),
                                stdio(doc)));
        if (attached.isPresent()) {
            var to = attached.get();
            to.resizeFirst();
            to.connected(parts.tasks().start(entry.key(), to));
        } else {
            parts.tasks().start(entry.key());
        }
    }

    private TypedBytes runtimeOptions(ContainerDoc doc) {
        var settings = parts.settings();
        var program = RuntimeProgram.of(doc.options().runtime(), settings.runtime());
        var json = "{\"systemdCgroup\":" + settings.systemd() + ",\"binaryName\":\"" + program.binary() + "\"}";
        return new TypedBytes("containerd.runc.v1.Options", json.getBytes(StandardCharsets.UTF_8));
    }

    private Stdio stdio(ContainerDoc doc) {
        var log = LogSettings.of(doc.options().log());
        var process = doc.options().process();
        var stdin = !process.stdinOpen() ? "" : process.stdinOnce() ? "attach://once" : "attach://";
        // conmon itself starts a log anew that has no successors; otherwise we turn them, see LogRotation
        var limit = log.maxSize() > 0 && log.maxFiles() == 1 ? "?max-size=" + log.maxSize() : "";
        var out = switch (log.where()) {
            case HERE, HERE_AND_THERE -> "log://" + folders.log(doc).toString().replace("%", "%25") + limit;
            case ADDRESS -> doc.options().log().driver();
            case NOWHERE -> "attach://";
        };
        return new Stdio(stdin, out, log.where() == LogSettings.Where.ADDRESS ? out : "", process.tty());
    }

    void undo(Entry entry, EngineException cause) {
        for (var step : List.<Runnable>of(() -> removeTask(entry), () -> networking.close(entry.doc()))) {
            try {
                step.run();
            } catch (EngineException second) {
                cause.addSuppressed(second);
            }
        }
    }

    /// Removes the task, ended or just created; nothing happens when there is none.
    void removeTask(Entry entry) {
        try {
            parts.tasks().delete(entry.key());
        } catch (NotFound _) {
            // as wished
        } catch (FailedPrecondition running) {
            parts.tasks().kill(entry.key(), Signals.KILL, true);
            try {
                parts.tasks().await(entry.key());
            } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
                throw running;
            }
            parts.tasks().delete(entry.key());
        }
    }

    Found find(Entry entry) {
        try {
            return switch (parts.tasks().state(entry.key()).status()) {
                case RUNNING, PAUSED, PAUSING -> Found.RUNNING;
                case STOPPED -> Found.ENDED;
                case CREATED, UNKNOWN -> Found.NONE;
            };
        } catch (NotFound _) {
            return Found.NONE;
        }
    }

    /// How it ended, while the task is there.
    Exit exit(Entry entry) {
        var state = parts.tasks().state(entry.key());
        return new Exit(state.pid(), state.exitStatus(), state.exitedAt());
    }
}
