package dev.coracle.engine.containers;

import dev.coracle.base.EngineException.NotFound;
import dev.coracle.core.containers.Container;
import dev.coracle.core.networks.EndpointSpec;
import dev.coracle.core.networks.Sandbox;
import dev.coracle.core.tasks.ProcessState;
import dev.coracle.core.tasks.TaskStatus;
import dev.coracle.engine.containers.NetworkOptions.Mode;
import dev.coracle.oci.RuntimeSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// How containers look to people: our own, and those that other clients made.
final class Views {
    private final EngineParts parts;
    private final Folders folders;

    Views(EngineParts parts, Folders folders) {
        this.parts = parts;
        this.folders = folders;
    }

    ContainerView of(Entry entry) {
        var doc = entry.doc();
        var command = new ArrayList<>(doc.config().entrypoint());
        command.addAll(doc.config().command());
        return new ContainerView(
                doc.id(),
                doc.name(),
                doc.createdAt(),
                doc.options().image(),
                doc.imageRef(),
                doc.imageId(),
                doc.options(),
                doc.config(),
                command,
                state(entry),
                doc.mounts(),
                network(entry),
                entry.state().restarts(),
                files(doc),
                List.copyOf(entry.execs().keySet()),
                true);
    }

    private ContainerView.Files files(ContainerDoc doc) {
        return new ContainerView.Files(
                LogSettings.of(doc.options().log()).kept() ? folders.log(doc).toString() : "",
                folders.file(doc, EtcFiles.RESOLV_CONF).toString(),
                folders.file(doc, EtcFiles.HOSTS).toString(),
                folders.file(doc, EtcFiles.HOSTNAME).toString(),
                doc.snapshotter(),
                doc.snapshotter().isEmpty() ? "" : doc.id(),
                doc.options().runtime().isEmpty()
                        ? parts.settings().runtime()
                        : doc.options().runtime(),
                "linux/" + parts.settings().architecture());
    }

    private ContainerState state(Entry entry) {
        var state = entry.state();
        return new ContainerState(
                status(entry),
                state.running() ? pid(entry) : 0,
                state.exitCode(),
                state.startedAt(),
                state.finishedAt(),
                state.error(),
                state.oomKilled(),
                entry.health());
    }

    private static ContainerState.Status status(Entry entry) {
        var state = entry.state();
        if (entry.isRemoving()) {
            return ContainerState.Status.REMOVING;
        }
        if (state.running()) {
            return entry.isPaused() ? ContainerState.Status.PAUSED : ContainerState.Status.RUNNING;
        }
        if (state.restarting()) {
            return ContainerState.Status.RESTARTING;
        }
        return state.startedAt().equals(Instant.EPOCH) ? ContainerState.Status.CREATED : ContainerState.Status.EXITED;
    }

    private int pid(Entry entry) {
        try {
            return parts.tasks().state(entry.key()).pid();
        } catch (NotFound justEnded) {
            return 0;
        }
    }

    private NetworkView network(Entry entry) {
        var doc = entry.doc();
        var names = doc.networks().stream().map(EndpointSpec::network).toList();
        var sandbox = doc.options().network().mode() instanceof Mode.Bridged && entry.isRunning()
                ? sandbox(doc)
                : Optional.<Sandbox>empty();
        return new NetworkView(
                mode(doc.options().network().mode()),
                names,
                sandbox.map(Sandbox::endpoints).orElse(List.of()),
                sandbox.map(Sandbox::ports).orElse(List.of()),
                sandbox.map(found -> found.namespace().toString()).orElse(""));
    }

    private Optional<Sandbox> sandbox(ContainerDoc doc) {
        try {
            return Optional.of(parts.networks().sandbox(doc.key()));
        } catch (NotFound justEnded) {
            return Optional.empty();
        }
    }

    private static String mode(Mode mode) {
        return switch (mode) {
            case Mode.Host _ -> "host";
            case Mode.None _ -> "none";
            case Mode.OfContainer(var other) -> "container:" + other;
            case Mode.AtPath(var path) -> "ns:" + path;
            case Mode.Bridged(var networks) ->
                networks.isEmpty() ? "none" : networks.getFirst().network();
        };
    }

    /// A container that another client made: what its record says.
    ContainerView foreign(Container container, Optional<ProcessState> task) {
        var labels = container.labels();
        var spec = spec(container);
        var args = spec.map(RuntimeSpec::args).orElse(List.of());
        var config = new ContainerConfig(
                labels.getOrDefault("nerdctl/hostname", ""),
                "",
                spec.map(RuntimeSpec::env).orElse(List.of()),
                List.of(),
                args,
                "",
                List.of(),
                List.of(),
                labels,
                "SIGTERM",
                Duration.ofSeconds(10),
                HealthOptions.INHERITED);
        return new ContainerView(
                container.id(),
                labels.getOrDefault(NerdctlLabels.NAME, ""),
                container.createdAt(),
                container.image(),
                container.image(),
                "",
                ContainerOptions.of(container.image(), args),
                config,
                args,
                state(container, task),
                List.of(),
                new NetworkView("", List.of(), List.of(), List.of(), ""),
                0,
                new ContainerView.Files(
                        "",
                        "",
                        "",
                        "",
                        container.snapshotter(),
                        container.snapshotKey(),
                        container.runtime().name(),
                        ""),
                List.of(),
                false);
    }

    private static Optional<RuntimeSpec> spec(Container container) {
        try {
            return Optional.of(RuntimeSpec.parse(container.spec().value()));
        } catch (dev.coracle.base.EngineException.InvalidArgument unknown) {
            return Optional.empty();
        }
    }

    private static ContainerState state(Container container, Optional<ProcessState> task) {
        var status = task.map(ProcessState::status).orElse(TaskStatus.CREATED);
        return new ContainerState(
                switch (status) {
                    case RUNNING, PAUSING -> ContainerState.Status.RUNNING;
                    case PAUSED -> ContainerState.Status.PAUSED;
                    case STOPPED -> ContainerState.Status.EXITED;
                    case CREATED, UNKNOWN -> ContainerState.Status.CREATED;
                },
                task.map(ProcessState::pid).orElse(0),
                task.map(ProcessState::exitStatus).orElse(0),
                container.createdAt(),
                task.map(ProcessState::exitedAt).orElse(Instant.EPOCH),
                "",
                false,
                ContainerState.Health.NONE);
    }

    /// By container id.
    static Map<String, ProcessState> byId(List<ProcessState> states) {
        var all = new java.util.HashMap<String, ProcessState>();
        states.forEach(state -> all.put(state.containerId(), state));
        return all;
    }
}
