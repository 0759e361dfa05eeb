package dev.coracle.cli;

import dev.coracle.cli.line.UsageFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tomlj.Toml;
import org.tomlj.TomlArray;

/// A `nerdctl.toml`. Unknown keys are errors.
record SettingsFile(String name, Map<String, List<String>> values) {
    private static final Set<String> KEYS = Set.of(
            "address",
            "bridge_ip",
            "cdi_spec_dirs",
            "cgroup_manager",
            "cni_netconfpath",
            "cni_path",
            "data_root",
            "debug",
            "debug_full",
            "disable_hc_systemd",
            "dns",
            "dns_opts",
            "dns_search",
            "experimental",
            "host_gateway_ip",
            "hosts_dir",
            "insecure_registry",
            "kube_hide_dupe",
            "namespace",
            "selinux_enabled",
            "snapshotter",
            "userns_remap");

    SettingsFile {
        values = Map.copyOf(values);
    }

    static SettingsFile read(Path file) throws IOException {
        if (!java.nio.file.Files.exists(file)) {
            return new SettingsFile(file.toString(), Map.of());
        }
        return parse(file.toString(), ClientFiles.text(file));
    }

    /// The person's configuration directory.
    static Path configuration(Invocation invocation) {
        var set = invocation.variable("XDG_CONFIG_HOME");
        return set.isEmpty() ? invocation.path(invocation.variable("HOME")).resolve(".config") : invocation.path(set);
    }

    static SettingsFile parse(String name, String text) {
        var toml = Toml.parse(text);
        if (toml.hasErrors()) {
            throw UsageFailure.of(name + ": " + toml.errors().getFirst());
        }
        var values = new HashMap<String, List<String>>();
        for (var key : toml.keySet()) {
            if (!KEYS.contains(key)) {
                throw UsageFailure.of(name + ": unknown key \"" + key + "\"");
            }
            values.put(key, texts(name, key, toml.get(List.of(key))));
        }
        return new SettingsFile(name, values);
    }

    private static List<String> texts(String name, String key, @org.jspecify.annotations.Nullable Object value) {
        return switch (value) {
            case String text -> List.of(text);
            case Boolean bool -> List.of(bool.toString());
            case Long number -> List.of(number.toString());
            case TomlArray array -> {
                var all = new ArrayList<String>();
                array.toList().forEach(element -> all.add(element.toString()));
                yield List.copyOf(all);
            }
            case null, default -> throw UsageFailure.of(name + ": key \"" + key + "\" has a value of the wrong type");
        };
    }

    List<String> texts(String key) {
        return values.getOrDefault(key, List.of());
    }

    boolean is(String key) {
        return texts(key).contains("true");
    }
}
