package dev.coracle.engine.containers;

import dev.coracle.base.EngineException;
import dev.coracle.base.EngineException.FailedPrecondition;
import dev.coracle.core.files.FileTree;
import dev.coracle.core.tasks.Stdio;
import dev.coracle.core.tasks.TaskConnection;
import dev.coracle.core.tasks.TaskRuntime.ProcessKey;
import dev.coracle.core.types.TypedBytes;
import dev.coracle.oci.Accounts;
import dev.coracle.oci.RuntimeSpec;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;

/// Processes that are added to running containers.
final class Execs {
    private static final System.Logger LOG = System.getLogger(Execs.class.getName());

    private final EngineParts parts;
    private final Identities identities;
    private final Happenings happenings;

    Execs(EngineParts parts, Identities identities, Happenings happenings) {
        this.parts = parts;
        this.identities = identities;
        this.happenings = happenings;
    }

    Attachment run(Entry entry, ExecOptions options, AttachOptions attach) {
        var stdio = new Stdio(options.stdin() ? "attach://once" : "", "attach://", "", options.tty());
        var key = add(entry, options, stdio);
        var ticket = ticket(entry, key);
        var attached = new Attached(parts.tasks(), key, attach, ticket);
        var started = false;
        try {
            TaskConnection connection = parts.tasks().start(key, attached);
            started = true;
            attached.resizeFirst();
            attached.connected(connection);
            forgetAtEnd(entry, key, ticket);
            return attached;
        } finally {
            if (!started) {
                forget(entry, key);
            }
        }
    }

    String run(Entry entry, ExecOptions options) {
        var key = add(entry, options, new Stdio("", "", "", options.tty()));
        var ticket = ticket(entry, key);
        var started = false;
        try {
            parts.tasks().start(key);
            started = true;
            forgetAtEnd(entry, key, ticket);
            return key.execId();
        } finally {
            if (!started) {
                forget(entry, key);
            }
        }
    }

    private Ticket ticket(Entry entry, ProcessKey key) {
        var ticket = new Ticket();
        entry.execs().put(key.execId(), ticket);
        return ticket;
    }

    private ProcessKey add(Entry entry, ExecOptions options, Stdio stdio) {
        if (!entry.isRunning()) {
            throw new FailedPrecondition("container " + entry.doc().name() + " is not running");
        }
        if (entry.isPaused()) {
            throw new FailedPrecondition(
                    "container " + entry.doc().name() + " is paused, unpause the container before exec");
        }
        var key = new ProcessKey(entry.doc().namespace(), entry.id(), randomId());
        var process = process(entry, options);
        var words = String.join(" ", options.command());
        happenings.container(entry.doc(), "exec_create: " + words, Map.of("execID", key.execId()));
        parts.tasks().exec(key, new TypedBytes(TypedBytes.RUNTIME_PROCESS, process), stdio);
        happenings.container(entry.doc(), "exec_start: " + words, Map.of("execID", key.execId()));
        return key;
    }

    private String randomId() {
        var bytes = new byte[32];
        parts.random().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    /// The container's process with other words: what of it is not asked for stays as it is.
    byte[] process(Entry entry, ExecOptions options) {
        var record = parts.in(entry.doc().namespace()).containers().get(entry.id());
        var spec = RuntimeSpec.parse(record.spec().value()).asExec(options.command());
        spec.env(options.env()).terminal(options.tty());
        if (options.tty() && spec.env().stream().noneMatch(line -> line.startsWith("TERM="))) {
            spec.env(java.util.List.of("TERM=xterm"));
        }
        if (!options.workdir().isEmpty()) {
            spec.cwd(options.workdir());
        }
        if (!options.user().isEmpty()) {
            var accounts = Accounts.isNumeric(options.user()) ? new Accounts("", "") : accounts(entry);
            var identity = Identities.identity(accounts, options.user(), java.util.List.of());
            spec.user(identity.uid(), identity.gid()).additionalGroups(identity.groups());
        }
        if (options.privileged()) {
            spec.capabilities(java.util.List.copyOf(parts.settings().capabilities()));
        }
        return spec.processBytes();
    }

    private Accounts accounts(Entry entry) {
        var pid = parts.tasks().state(entry.key()).pid();
        return identities.read(new FileTree.At(Path.of("/proc", Integer.toString(pid), "root")));
    }

    private void forgetAtEnd(Entry entry, ProcessKey key, Ticket ticket) {
        Thread.ofVirtual().name("exec-" + key.execId()).start(() -> {
            try {
                var status = ticket.await();
                happenings.container(
                        entry.doc(), "exec_die", Map.of("execID", key.execId(), "exitCode", Integer.toString(status)));
                forget(entry, key);
            } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private void forget(Entry entry, ProcessKey key) {
        entry.execs().remove(key.execId());
        try {
            parts.tasks().delete(key);
        } catch (EngineException gone) {
            LOG.log(System.Logger.Level.DEBUG, () -> "forget exec " + key.execId() + ": " + gone.getMessage());
        }
    }
}
