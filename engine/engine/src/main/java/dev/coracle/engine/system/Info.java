package dev.coracle.engine.system;

import java.util.List;

/// The engine at a glance.
///
/// @param id stays over restarts
/// @param name of the machine
/// @param cgroupDriver `systemd`, `cgroupfs` or `none`
/// @param warnings what is missing here, one sentence each
@SuppressWarnings("AvoidCommonTypeNames") // as docker calls it
public record Info(
        String id,
        String name,
        String version,
        int containers,
        int running,
        int paused,
        int stopped,
        String snapshotter,
        String root,
        String cgroupDriver,
        List<String> controllers,
        List<String> runtimes,
        List<String> securityOptions,
        List<String> warnings,
        Machine machine) {
    /// What it runs on.
    ///
    /// @param system the distribution, in its own words
    /// @param memory in bytes
    public record Machine(String system, String kernel, int processors, long memory) {
        /// Nothing is known.
        public static final Machine UNKNOWN = new Machine("Linux", "", 1, 0);
    }

    public Info {
        controllers = List.copyOf(controllers);
        runtimes = List.copyOf(runtimes);
        securityOptions = List.copyOf(securityOptions);
        warnings = List.copyOf(warnings);
    }
}
