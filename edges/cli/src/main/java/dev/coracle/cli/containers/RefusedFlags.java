package dev.coracle.cli.containers;

import static dev.coracle.cli.line.Refusals.refused;

import dev.coracle.cli.images.ForeignFlags;
import dev.coracle.cli.line.Flag;
import dev.coracle.cli.line.Refusals;

/// Flags of docker's and nerdctl's `run` that cannot be honoured.
final class RefusedFlags {
    private static final String V1 = "it exists with cgroup v1 only, which an unprivileged account cannot use";
    private static final String RULES = "the account's own rights decide which devices can be used";

    static final Refusals ALL = ForeignFlags.TAKING.and(Refusals.of(
            refused(Flag.bytes("kernel-memory", "Refused"), "0", "the kernel does not limit its own memory any more"),
            refused(Flag.whole("memory-swappiness", "Refused").fallback("-1"), "-1", V1),
            refused(Flag.whole("cpu-rt-period", "Refused"), "0", V1),
            refused(Flag.whole("cpu-rt-runtime", "Refused"), "0", V1),
            refused(Flag.bool("oom-kill-disable", "Refused"), "false", V1),
            refused(Flag.text("rdt-class", "Refused"), "", "resource control needs root"),
            refused(Flag.each("device-cgroup-rule", "Refused"), "", RULES),
            refused(Flag.each("storage-opt", "Refused"), "", "snapshots have no options"),
            refused(
                    Flag.text("volume-driver", "Refused").fallback("local"),
                    "local",
                    "volumes are directories of the engine's"),
            refused(Flag.list("link-local-ip", "Refused"), "", "link-local addresses are not given"),
            refused(Flag.text("isolation", "Refused"), "default", "there is only one isolation on Linux"),
            refused(Flag.text("init-binary", "Refused"), "", "the engine brings its own init process"),
            refused(Flag.text("pidfile", "Refused"), "", "the process id is shown by inspect"),
            refused(Flag.bool("use-api-socket", "Refused"), "false", "there is no API socket to be given")));

    private RefusedFlags() {}
}
