package dev.coracle.cli.containers;

import dev.coracle.cli.view.Units;
import dev.coracle.core.networks.Endpoint;
import dev.coracle.core.networks.PortBinding;
import dev.coracle.engine.containers.ContainerConfig;
import dev.coracle.engine.containers.ContainerState;
import dev.coracle.engine.containers.ContainerView;
import dev.coracle.engine.containers.HealthOptions;
import dev.coracle.gotemplate.GoStruct;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A container as docker's `inspect` shows it.
public final class ContainerJson {
    private ContainerJson() {}

    public static GoStruct of(ContainerView container) {
        return described(container).build();
    }

    /// With the sizes of its files.
    public static GoStruct withSize(ContainerView container, long changed, long all) {
        return described(container)
                .put("SizeRw", changed)
                .put("SizeRootFs", all)
                .build();
    }

    private static GoStruct.Builder described(ContainerView container) {
        var files = container.files();
        return GoStruct.of("types.ContainerJSON")
                .put("ID", "Id", container.id())
                .put("Created", Units.json(container.createdAt()))
                .put("Path", container.command().stream().findFirst().orElse(""))
                .put("Args", container.command().stream().skip(1).toList())
                .put("State", state(container.state()))
                .put("Image", container.imageId())
                .put("ResolvConfPath", files.resolvConf())
                .put("HostnamePath", files.hostname())
                .put("HostsPath", files.hosts())
                .put("LogPath", files.log())
                .put("Name", "/" + container.name())
                .put("RestartCount", container.restarts())
                .put("Driver", files.snapshotter())
                .put("Platform", files.platform().replaceFirst("/.*", ""))
                .put("MountLabel", "")
                .put("ProcessLabel", "")
                .put("AppArmorProfile", "")
                .put("ExecIDs", container.execIds().isEmpty() ? null : container.execIds())
                .put("HostConfig", HostConfigJson.of(container))
                .put(
                        "GraphDriver",
                        GoStruct.of("types.GraphDriverData")
                                .put("Data", Map.of("SnapshotKey", files.snapshotKey()))
                                .put("Name", files.snapshotter())
                                .build())
                .put(
                        "Mounts",
                        container.mounts().stream().map(ContainerJson::mount).toList())
                .put("Config", config(container))
                .put("NetworkSettings", network(container));
    }

    private static GoStruct state(ContainerState state) {
        var running = state.isRunning();
        var struct = GoStruct.of("types.ContainerState")
                .put("Status", ContainerText.state(state))
                .put("Running", running)
                .put("Paused", state.status() == ContainerState.Status.PAUSED)
                .put("Restarting", state.status() == ContainerState.Status.RESTARTING)
                .put("OOMKilled", state.oomKilled())
                .put("Dead", state.status() == ContainerState.Status.DEAD)
                .put("Pid", state.pid())
                .put("ExitCode", state.exitCode())
                .put("Error", state.error())
                .put("StartedAt", Units.json(state.startedAt()))
                .put("FinishedAt", Units.json(state.finishedAt()));
        return (state.health().status().equals("none") ? struct : struct.put("Health", health(state.health()))).build();
    }

    private static GoStruct health(ContainerState.Health health) {
        return GoStruct.of("types.Health")
                .put("Status", health.status())
                .put("FailingStreak", health.failingStreak())
                .put(
                        "Log",
                        health.log().stream()
                                .map(check -> GoStruct.of("types.HealthcheckResult")
                                        .put("Start", Units.json(check.start()))
                                        .put("End", Units.json(check.end()))
                                        .put("ExitCode", check.exitCode())
                                        .put("Output", check.output())
                                        .build())
                                .toList())
                .build();
    }

    private static GoStruct mount(ContainerView.MountView mount) {
        return GoStruct.of("types.MountPoint")
                .put("Type", mount.type())
                .optional("Name", "Name", mount.name())
                .put("Source", mount.source())
                .put("Destination", mount.destination())
                .optional("Driver", "Driver", mount.type().equals("volume") ? "local" : "")
                .put("Mode", mount.mode())
                .put("RW", mount.writable())
                .put("Propagation", mount.propagation())
                .build();
    }

    private static GoStruct config(ContainerView container) {
        var config = container.config();
        var process = container.options().process();
        return GoStruct.of("container.Config")
                .put("Hostname", config.hostname())
                .put("Domainname", container.options().network().domainname())
                .put("User", config.user())
                .put("AttachStdin", process.stdinOnce())
                .put("AttachStdout", true)
                .put("AttachStderr", true)
                .optional("ExposedPorts", "ExposedPorts", set(config.exposed()))
                .put("Tty", process.tty())
                .put("OpenStdin", process.stdinOpen())
                .put("StdinOnce", process.stdinOnce())
                .put("Env", config.env())
                .put("Cmd", orNull(config.command()))
                .optional("Healthcheck", "Healthcheck", healthcheck(config.health()))
                .put("Image", container.image())
                .put("Volumes", config.volumes().isEmpty() ? null : set(config.volumes()))
                .put("WorkingDir", config.workdir())
                .put("Entrypoint", orNull(config.entrypoint()))
                .put("OnBuild", null)
                .put("Labels", new TreeMap<>(config.labels()))
                .optional("StopSignal", "StopSignal", config.stopSignal())
                .optional("StopTimeout", "StopTimeout", timeout(config))
                .build();
    }

    private static long timeout(ContainerConfig config) {
        return Math.max(0, config.stopTimeout().toSeconds());
    }

    private static @Nullable Object healthcheck(HealthOptions health) {
        if (health.test().isEmpty() && !health.disabled()) {
            return null;
        }
        return GoStruct.of("container.HealthConfig")
                .optional("Test", "Test", health.disabled() ? List.of("NONE") : health.test())
                .optional("Interval", "Interval", health.interval().toNanos())
                .optional("Timeout", "Timeout", health.timeout().toNanos())
                .optional("StartPeriod", "StartPeriod", health.startPeriod().toNanos())
                .optional(
                        "StartInterval", "StartInterval", health.startInterval().toNanos())
                .optional("Retries", "Retries", health.retries())
                .build();
    }

    static @Nullable Object orNull(List<String> list) {
        return list.isEmpty() ? null : list;
    }

    private static Map<String, Object> set(List<String> names) {
        var set = new LinkedHashMap<String, Object>();
        names.forEach(name -> set.put(name, Map.of()));
        return set;
    }

    private static GoStruct network(ContainerView container) {
        var network = container.network();
        var networks = new LinkedHashMap<String, Object>();
        network.endpoints().forEach(endpoint -> networks.put(endpoint.network(), endpoint(endpoint)));
        if (networks.isEmpty() && List.of("host", "none").contains(network.mode())) {
            networks.put(network.mode(), endpoint(NOWHERE));
        }
        var first = network.endpoints().stream().findFirst().orElse(NOWHERE);
        return GoStruct.of("types.NetworkSettings")
                .put("Bridge", "")
                .put("SandboxID", network.namespace().isEmpty() ? "" : container.id())
                .put("SandboxKey", network.namespace())
                .put("Ports", ports(container))
                .put("HairpinMode", false)
                .put("LinkLocalIPv6Address", "")
                .put("LinkLocalIPv6PrefixLen", 0)
                .put("SecondaryIPAddresses", null)
                .put("SecondaryIPv6Addresses", null)
                .put("EndpointID", "")
                .put("Gateway", first.gateway())
                .put("GlobalIPv6Address", address(first.address6()))
                .put("GlobalIPv6PrefixLen", prefix(first.address6()))
                .put("IPAddress", address(first.address()))
                .put("IPPrefixLen", prefix(first.address()))
                .put("IPv6Gateway", first.gateway6())
                .put("MacAddress", first.mac())
                .put("Networks", networks)
                .build();
    }

    private static final Endpoint NOWHERE = new Endpoint("", "", "", "", "", "", "", "", List.of());

    private static GoStruct endpoint(Endpoint endpoint) {
        return GoStruct.of("network.EndpointSettings")
                .put("IPAMConfig", null)
                .put("Links", null)
                .put("Aliases", orNull(endpoint.aliases()))
                .put("MacAddress", endpoint.mac())
                .put("DriverOpts", null)
                .put("NetworkID", endpoint.networkId())
                .put("EndpointID", "")
                .put("Gateway", endpoint.gateway())
                .put("IPAddress", address(endpoint.address()))
                .put("IPPrefixLen", prefix(endpoint.address()))
                .put("IPv6Gateway", endpoint.gateway6())
                .put("GlobalIPv6Address", address(endpoint.address6()))
                .put("GlobalIPv6PrefixLen", prefix(endpoint.address6()))
                .put("DNSNames", orNull(endpoint.aliases()))
                .build();
    }

    private static String address(String cidr) {
        return cidr.replaceFirst("/.*", "");
    }

    private static int prefix(String cidr) {
        var slash = cidr.indexOf('/');
        return slash < 0 ? 0 : Integer.parseInt(cidr.substring(slash + 1));
    }

    /// Published ports with where they are; exposed ones with null.
    private static Map<String, @Nullable Object> ports(ContainerView container) {
        var ports = new TreeMap<String, @Nullable Object>();
        container.config().exposed().forEach(port -> ports.put(port, null));
        var bindings = new TreeMap<String, List<Object>>();
        container
                .network()
                .ports()
                .forEach(binding -> bindings.computeIfAbsent(ContainerText.port(binding), _ -> new ArrayList<>())
                        .add(binding(binding)));
        ports.putAll(bindings);
        return ports;
    }

    static GoStruct binding(PortBinding binding) {
        return GoStruct.of("nat.PortBinding")
                .put("HostIP", "HostIp", binding.hostAddress())
                .put("HostPort", hostPort(binding))
                .build();
    }

    private static String hostPort(PortBinding binding) {
        if (binding.isRange()) {
            return binding.hostPort() + "-" + binding.lastHostPort();
        }
        return binding.hostPort() == 0 ? "" : Integer.toString(binding.hostPort());
    }
}
