package dev.coracle.commands.ctr;

import dev.coracle.commands.Session;
import dev.coracle.commands.line.Flag;
import dev.coracle.commands.line.Verb;
import java.util.List;

/// The commands of `ctr` and its global flags.
public final class Ctr {
    /// The name of this implementation, as `--version` shows it.
    public static final String PACKAGE = "dev.coracle";

    /// The version of containerd's client that is imitated.
    public static final String VERSION = "v2.2.0+coracle.0.1.0";

    private Ctr() {}

    /// The whole program.
    public static Verb<Session> verb() {
        return new Verb<>(
                List.of("ctr"),
                "the client for people who debug a container daemon",
                "",
                "Speaks containerd's API, to our daemon or to containerd itself. Its commands and\n"
                        + "flags are those of containerd's own ctr.",
                List.of(
                        Flag.bool("debug", "Show the stack of a failure"),
                        Flag.text("address a", "Socket of the daemon")
                                .or("/run/containerd/containerd.sock")
                                .from("CONTAINERD_ADDRESS"),
                        Flag.duration("timeout", "Give up after this time in all"),
                        Flag.duration("connect-timeout", "Give up connecting after this time"),
                        Flag.text("namespace n", "Namespace to work in")
                                .or("default")
                                .from("CONTAINERD_NAMESPACE")),
                List.of(
                        PluginVerbs.verb(),
                        ServerVerbs.version(),
                        ContainerVerbs.verb(),
                        ContentVerbs.verb(),
                        EventVerbs.verb(),
                        ImageVerbs.verb(),
                        LeaseVerbs.verb(),
                        NamespaceVerbs.verb(),
                        PprofVerbs.verb(),
                        RunVerbs.verb(),
                        SnapshotVerbs.verb(),
                        TaskVerbs.verb(),
                        InstallVerb.verb(),
                        OciVerbs.verb(),
                        SandboxVerbs.verb(),
                        ServerVerbs.info(),
                        ServerVerbs.deprecations(),
                        ShimVerbs.verb()),
                (_, _) -> 0);
    }
}
