package dev.coracle.cli.containers;

import dev.coracle.cli.line.Flag;
import dev.coracle.cli.line.Line;
import dev.coracle.cli.line.UsageFailure;
import java.util.List;

/// Flags of docker's and nerdctl's `run` that cannot be honoured: given, they are errors with the
/// reason, unless their value changes nothing.
final class RefusedFlags {
    private record Refused(Flag flag, String harmless, String reason) {}

    private static final String V1 = "it exists with cgroup v1 only, which an unprivileged account cannot use";
    private static final String SIGNATURES = "signatures are not verified by this engine";
    private static final String RULES = "the account's own rights decide which devices can be used";

    private static final List<Refused> ALL = List.of(
            refused(Flag.bytes("kernel-memory", "Refused"), "0", "the kernel does not limit its own memory any more"),
            refused(Flag.whole("memory-swappiness", "Refused").fallback("-1"), "-1", V1),
            refused(Flag.whole("cpu-rt-period", "Refused"), "0", V1),
            refused(Flag.whole("cpu-rt-runtime", "Refused"), "0", V1),
            refused(Flag.bool("oom-kill-disable", "Refused"), "false", V1),
            refused(Flag.text("rdt-class", "Refused"), "", "resource control needs root"),
            refused(Flag.each("device-cgroup-rule", "Refused"), "", RULES),
            refused(Flag.each("storage-opt", "Refused"), "", "snapshots have no options"),
            refused(Flag.text("volume-driver", "Refused"), "", "volumes are directories of the engine's"),
            refused(Flag.list("link", "Refused"), "", "connect both containers to a network of your own instead"),
            refused(Flag.list("link-local-ip", "Refused"), "", "link-local addresses are not given"),
            refused(Flag.text("isolation", "Refused"), "default", "there is only one isolation on Linux"),
            refused(Flag.text("verify", "Refused").fallback("none"), "none", SIGNATURES),
            refused(Flag.text("cosign-key", "Refused"), "", SIGNATURES),
            refused(Flag.text("cosign-certificate-identity", "Refused"), "", SIGNATURES),
            refused(Flag.text("cosign-certificate-identity-regexp", "Refused"), "", SIGNATURES),
            refused(Flag.text("cosign-certificate-oidc-issuer", "Refused"), "", SIGNATURES),
            refused(Flag.text("cosign-certificate-oidc-issuer-regexp", "Refused"), "", SIGNATURES),
            refused(Flag.text("ipfs-address", "Refused"), "", "images are not taken from IPFS"),
            refused(Flag.text("init-binary", "Refused"), "", "the engine brings its own init process"),
            refused(
                    Flag.text("systemd", "Refused").fallback("false"),
                    "false",
                    "systemd in containers is not prepared"),
            refused(Flag.text("pidfile", "Refused"), "", "the process id is shown by inspect"),
            refused(Flag.bool("use-api-socket", "Refused"), "false", "there is no API socket to be given"),
            refused(Flag.bool("disable-content-trust", "Accepted, and without effect"), "any", ""));

    private RefusedFlags() {}

    private static Refused refused(Flag flag, String harmless, String reason) {
        return new Refused(flag, harmless, reason);
    }

    static List<Flag> flags() {
        return ALL.stream().map(Refused::flag).toList();
    }

    /// @throws UsageFailure for the first flag that cannot be honoured
    static void check(Line line) {
        for (var refused : ALL) {
            var name = refused.flag().name();
            if (line.has(name)
                    && !refused.harmless().equals("any")
                    && !line.text(name).equals(refused.harmless())) {
                throw UsageFailure.of("--" + name + ": " + refused.reason());
            }
        }
    }
}
