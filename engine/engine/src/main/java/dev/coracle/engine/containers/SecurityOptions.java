package dev.coracle.engine.containers;

import java.util.List;
import java.util.Map;

/// What the container may do.
///
/// @param addedCapabilities with or without `CAP_`, or `ALL`
/// @param options `no-new-privileges`, `apparmor=NAME`, `label=...`, `systempaths=unconfined`, `seccomp=...` not
/// @param describedDevices by their names of the Container Device Interface, `vendor/class=device`; without a vendor,
/// as in
///     `gpu=0`, of any
/// @param oomScoreAdj 0: the daemon's
/// @param pid empty: its own; `host`, `container:X`
/// @param ipc empty or `private`, `shareable`; `host`, `container:X`, `none`
/// @param uts empty: its own; `host`
/// @param cgroupns empty or `private`; `host`
/// @param userns empty or `host`: the engine's
public record SecurityOptions(
        boolean privileged,
        List<String> addedCapabilities,
        List<String> droppedCapabilities,
        Seccomp seccomp,
        List<String> options,
        List<DeviceOption> devices,
        List<String> describedDevices,
        List<Ulimit> ulimits,
        Map<String, String> sysctls,
        int oomScoreAdj,
        String pid,
        String ipc,
        String uts,
        String cgroupns,
        String userns) {
    /// The engine's filter and capabilities, namespaces of its own.
    public static final SecurityOptions DEFAULT = new SecurityOptions(
            false,
            List.of(),
            List.of(),
            new Seccomp.Default(),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            Map.of(),
            0,
            "",
            "",
            "",
            "",
            "");

    public SecurityOptions {
        addedCapabilities = List.copyOf(addedCapabilities);
        droppedCapabilities = List.copyOf(droppedCapabilities);
        options = List.copyOf(options);
        devices = List.copyOf(devices);
        describedDevices = List.copyOf(describedDevices);
        ulimits = List.copyOf(ulimits);
        sysctls = Map.copyOf(sysctls);
    }

    /// The filter of system calls.
    public sealed interface Seccomp {
        /// The engine's own.
        record Default() implements Seccomp {}

        /// None.
        record Unconfined() implements Seccomp {}

        /// A profile in Docker's JSON.
        record Profile(String json) implements Seccomp {}
    }

    /// A device of the host.
    ///
    /// @param access of `rwm`
    public record DeviceOption(String source, String target, String access) {}

    /// @param name without `RLIMIT_`, in lower case; -1 is no limit
    public record Ulimit(String name, long soft, long hard) {}
}
