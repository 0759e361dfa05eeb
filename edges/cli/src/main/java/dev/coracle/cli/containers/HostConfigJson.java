package dev.coracle.cli.containers;

import dev.coracle.engine.containers.ContainerView;
import dev.coracle.engine.containers.MountOption;
import dev.coracle.gotemplate.GoStruct;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The part of docker's `inspect` about what a container was asked to be.
final class HostConfigJson {
    private static final long SHM = 64L << 20;

    private HostConfigJson() {}

    static GoStruct of(ContainerView container) {
        var options = container.options();
        var lifecycle = options.lifecycle();
        var network = options.network();
        var security = options.security();
        var storage = options.storage();
        var builder = GoStruct.of("container.HostConfig")
                .put("Binds", ContainerJson.orNull(binds(storage.mounts())))
                .put("ContainerIDFile", "")
                .put(
                        "LogConfig",
                        GoStruct.of("container.LogConfig")
                                .put(
                                        "Type",
                                        options.log().driver().isEmpty()
                                                ? "json-file"
                                                : options.log().driver())
                                .put("Config", new TreeMap<>(options.log().options()))
                                .build())
                .put("NetworkMode", container.network().mode())
                .put("PortBindings", bindings(container))
                .put(
                        "RestartPolicy",
                        GoStruct.of("container.RestartPolicy")
                                .put("Name", lifecycle.restart().kind().word())
                                .put("MaximumRetryCount", lifecycle.restart().limit())
                                .build())
                .put("AutoRemove", lifecycle.autoRemove())
                .put("VolumeDriver", "")
                .put("VolumesFrom", ContainerJson.orNull(storage.volumesFrom()))
                .put("CapAdd", ContainerJson.orNull(security.addedCapabilities()))
                .put("CapDrop", ContainerJson.orNull(security.droppedCapabilities()))
                .put("CgroupnsMode", security.cgroupns().isEmpty() ? "private" : security.cgroupns())
                .put("Dns", "Dns", network.dns())
                .put("DnsOptions", network.dnsOptions())
                .put("DnsSearch", network.dnsSearch())
                .put("ExtraHosts", ContainerJson.orNull(network.extraHosts()))
                .put("GroupAdd", ContainerJson.orNull(options.process().addedGroups()))
                .put("IpcMode", security.ipc().isEmpty() ? "private" : security.ipc())
                .put("Init", lifecycle.init())
                .put("OomScoreAdj", security.oomScoreAdj())
                .put("PidMode", security.pid())
                .put("Privileged", security.privileged())
                .put("PublishAllPorts", network.publishAll())
                .put("ReadonlyRootfs", storage.readOnly())
                .put("SecurityOpt", ContainerJson.orNull(security.options()))
                .optional("Sysctls", "Sysctls", new TreeMap<>(security.sysctls()))
                .optional("Tmpfs", "Tmpfs", tmpfs(storage.mounts()))
                .put("UTSMode", security.uts())
                .put("UsernsMode", security.userns())
                .put("ShmSize", storage.shmSize() == 0 ? SHM : storage.shmSize())
                .put("Runtime", container.files().runtime());
        return limits(container, builder).build();
    }

    private static GoStruct.Builder limits(ContainerView container, GoStruct.Builder builder) {
        var limits = container.options().limits();
        return builder.put("CpuShares", "CpuShares", limits.cpuShares())
                .put("Memory", limits.memory())
                .put("NanoCpus", limits.nanoCpus())
                .put("CgroupParent", limits.cgroupParent())
                .put("BlkioWeight", limits.blkioWeight())
                .put("CpuPeriod", limits.cpuPeriod())
                .put("CpuQuota", limits.cpuQuota())
                .put("CpusetCpus", limits.cpusetCpus())
                .put("CpusetMems", limits.cpusetMems())
                .put("Devices", devices(container))
                .put("DeviceRequests", requests(container))
                .put("MemoryReservation", limits.memoryReservation())
                .put("MemorySwap", limits.memorySwap())
                .put("PidsLimit", limits.pids() == 0 ? null : limits.pids())
                .put("Ulimits", ulimits(container));
    }

    private static List<GoStruct> devices(ContainerView container) {
        return container.options().security().devices().stream()
                .map(device -> GoStruct.of("container.DeviceMapping")
                        .put("PathOnHost", device.source())
                        .put("PathInContainer", device.target())
                        .put("CgroupPermissions", device.access())
                        .build())
                .toList();
    }

    /// As docker has it: one request for all devices that are named.
    private static @Nullable List<GoStruct> requests(ContainerView container) {
        var names = container.options().security().describedDevices();
        return names.isEmpty()
                ? null
                : List.of(GoStruct.of("container.DeviceRequest")
                        .put("Driver", "cdi")
                        .put("Count", 0)
                        .put("DeviceIDs", names)
                        .put("Capabilities", null)
                        .put("Options", null)
                        .build());
    }

    private static List<GoStruct> ulimits(ContainerView container) {
        return container.options().security().ulimits().stream()
                .map(limit -> GoStruct.of("units.Ulimit")
                        .put("Name", limit.name())
                        .put("Hard", limit.hard())
                        .put("Soft", limit.soft())
                        .build())
                .toList();
    }

    private static List<String> binds(List<MountOption> mounts) {
        return mounts.stream().flatMap(HostConfigJson::bind).toList();
    }

    private static Stream<String> bind(MountOption mount) {
        return switch (mount) {
            case MountOption.Bind(var source, var target, var readOnly, var _, var _) ->
                Stream.of(source + ":" + target + (readOnly ? ":ro" : ""));
            case MountOption.Named(var name, var target, var readOnly, var _, var _) ->
                name.isEmpty() ? Stream.of() : Stream.of(name + ":" + target + (readOnly ? ":ro" : ""));
            case MountOption.Tmpfs _ -> Stream.of();
        };
    }

    private static Map<String, Object> tmpfs(List<MountOption> mounts) {
        var map = new TreeMap<String, Object>();
        mounts.forEach(mount -> {
            if (mount instanceof MountOption.Tmpfs(var target, var options)) {
                map.put(target, String.join(",", options));
            }
        });
        return map;
    }

    private static Map<String, Object> bindings(ContainerView container) {
        var map = new TreeMap<String, List<Object>>();
        container
                .options()
                .network()
                .ports()
                .forEach(binding -> map.computeIfAbsent(ContainerText.port(binding), _ -> new ArrayList<>())
                        .add(ContainerJson.binding(binding)));
        return new TreeMap<>(map);
    }
}
