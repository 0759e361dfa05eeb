package dev.coracle.cli;

import dev.coracle.cli.line.Flag;
import dev.coracle.cli.line.Line;
import dev.coracle.cli.line.UsageFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a person has set for all commands: by flags, by variables, in `nerdctl.toml`; the first of
/// these that says something counts.
public record Settings(
        String namespace,
        boolean debug,
        boolean insecureRegistry,
        List<Path> hostsDirectories,
        Map<String, List<String>> values) {
    public Settings {
        hostsDirectories = List.copyOf(hostsDirectories);
        values = Map.copyOf(values);
    }

    /// The flags that all commands take.
    public static List<Flag> flags() {
        return List.of(
                Flag.text("address", "Socket of the daemon").letter('a').alias("host"),
                Flag.text("namespace", "Namespace of containers, images, networks and volumes (default \"default\")")
                        .letter('n'),
                Flag.text("snapshotter", "Snapshotter of the daemon").alias("storage-driver"),
                Flag.bool("debug", "Say more"),
                Flag.bool("debug-full", "Say everything"),
                Flag.bool("insecure-registry", "Do not verify registries, and fall back to plain HTTP"),
                Flag.list("hosts-dir", "Directories with a hosts.toml for each registry"),
                Flag.text("cgroup-manager", "Who makes cgroups: cgroupfs, systemd or none"),
                Flag.text("cni-path", "Directory of CNI plugins"),
                Flag.text("cni-netconfpath", "Directory of CNI configurations"),
                Flag.text("data-root", "Directory of the daemon's state"),
                Flag.text("host-gateway-ip", "What host-gateway stands for"),
                Flag.bool("experimental", "Accepted, and without effect").fallback("true"));
    }

    static Settings read(Invocation invocation, Line line, Host host) throws IOException {
        var file = SettingsFiles.read(invocation, host.machineSettings());
        new Expectations(line, file, host).check();
        var reader = new Reader(invocation, line, file);
        reader.refuse("data-root", "data_root", "the state is the daemon's: set root in its config.toml");
        reader.refuse("cni-path", "cni_path", "it is the engine's: start it with CNI_PATH");
        reader.refuse("cni-netconfpath", "cni_netconfpath", "it is the engine's: start it with NETCONFPATH");
        var directories = reader.all("hosts-dir", "hosts_dir").stream()
                .map(invocation::path)
                .toList();
        return new Settings(
                reader.text("namespace", "namespace", "CONTAINERD_NAMESPACE").orElse("default"),
                line.is("debug") || line.is("debug-full") || file.is("debug") || file.is("debug_full"),
                reader.flag("insecure-registry", "insecure_registry"),
                directories,
                Map.of(
                        "host-gateway-ip",
                        reader.text("host-gateway-ip", "host_gateway_ip", "NERDCTL_HOST_GATEWAY_IP").stream()
                                .toList(),
                        "dns",
                        file.texts("dns"),
                        "dns-opt",
                        file.texts("dns_opts"),
                        "dns-search",
                        file.texts("dns_search")));
    }

    /// The values of one name; none when nobody set it.
    public List<String> of(String name) {
        return values.getOrDefault(name, List.of());
    }

    private record Reader(Invocation invocation, Line line, SettingsFiles file) {
        Optional<String> text(String flag, String key, String variable) {
            if (line.has(flag)) {
                return Optional.of(line.text(flag));
            }
            return Optional.of(variable)
                    .filter(name -> !name.isEmpty())
                    .map(invocation::variable)
                    .filter(value -> !value.isEmpty())
                    .or(() -> file.texts(key).stream().findFirst());
        }

        boolean flag(String flag, String key) {
            return line.has(flag) ? line.is(flag) : file.is(key);
        }

        List<String> all(String flag, String key) {
            var given = new ArrayList<>(line.texts(flag));
            return given.isEmpty() ? file.texts(key) : given;
        }

        void refuse(String flag, String key, String reason) {
            if (line.has(flag)) {
                throw UsageFailure.of("--" + flag + ": " + reason);
            }
            if (!file.texts(key).isEmpty()) {
                throw UsageFailure.of(file.nameOf(key) + ": " + key + ": " + reason);
            }
            // the variables are set for other programs, too
        }
    }
}
