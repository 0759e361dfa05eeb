package dev.coracle.engine.containers;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// The labels that containerd's other clients look for. They are written for those; what the engine knows of its own
/// containers is in its documents.
final class NerdctlLabels {
    static final String NAME = "nerdctl/name";
    static final String RESTART_POLICY = "containerd.io/restart.policy";
    static final String STATE_DIR = "nerdctl/state-dir";

    private static final String PREFIX = "nerdctl/";

    /// Of key and value together, as containerd has it.
    private static final int LONGEST = 4096;

    private static final Set<String> ANNOTATED =
            Set.of(PREFIX + "namespace", NAME, PREFIX + "hostname", STATE_DIR, PREFIX + "networks");

    /// Set in the record by whoever stops a container, and taken away by whoever starts it.
    static final String EXPLICITLY_STOPPED = "containerd.io/restart.explicitly-stopped";

    private NerdctlLabels() {}

    static Map<String, String> of(ContainerDoc doc, Path directory) {
        var labels = new LinkedHashMap<String, String>();
        doc.config().labels().forEach((key, value) -> {
            if (key.length() + value.length() <= LONGEST) {
                labels.put(key, value);
            }
        });
        var options = doc.options();
        labels.put(PREFIX + "namespace", doc.namespace());
        labels.put(NAME, doc.name());
        labels.put(PREFIX + "hostname", doc.config().hostname());
        labels.put(STATE_DIR, directory.toString());
        labels.put(PREFIX + "networks", json(networks(options.network().mode())));
        labels.put(PREFIX + "extraHosts", json(options.network().extraHosts()));
        labels.put(
                PREFIX + "stop-timeout",
                Long.toString(doc.config().stopTimeout().toSeconds()));
        labels.put(PREFIX + "auto-remove", Boolean.toString(options.lifecycle().autoRemove()));
        labels.put(
                PREFIX + "anonymous-volumes",
                json(doc.mounts().stream()
                        .filter(mount ->
                                mount.type().equals("volume") && mount.name().length() == 64)
                        .map(ContainerView.MountView::name)
                        .toList()));
        if (options.lifecycle().restart().kind() != RestartPolicy.Kind.NO) {
            labels.put(RESTART_POLICY, options.lifecycle().restart().words());
        }
        labels.values().removeIf(value -> value.length() > LONGEST - 64);
        return labels;
    }

    /// Those that nerdctl reads from the annotations of the specification.
    static Map<String, String> annotations(ContainerDoc doc, Path directory) {
        var annotations = new LinkedHashMap<>(of(doc, directory));
        annotations.keySet().retainAll(ANNOTATED);
        return annotations;
    }

    private static List<String> networks(NetworkOptions.Mode mode) {
        return switch (mode) {
            case NetworkOptions.Mode.Host _ -> List.of("host");
            case NetworkOptions.Mode.None _ -> List.of("none");
            case NetworkOptions.Mode.OfContainer(var container) -> List.of("container:" + container);
            case NetworkOptions.Mode.AtPath(var path) -> List.of("ns:" + path);
            case NetworkOptions.Mode.Bridged(var networks) -> {
                var names = new ArrayList<String>();
                networks.forEach(network -> names.add(network.network()));
                yield names;
            }
        };
    }

    private static String json(List<String> words) {
        return words.stream()
                .map(word -> "\"" + word.replace("\\", "\\\\").replace("\"", "\\\"") + "\"")
                .collect(Collectors.joining(",", "[", "]"));
    }
}
