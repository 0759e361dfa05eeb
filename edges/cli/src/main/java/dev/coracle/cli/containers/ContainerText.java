package dev.coracle.cli.containers;

import dev.coracle.cli.view.Units;
import dev.coracle.core.networks.PortBinding;
import dev.coracle.engine.containers.ContainerState;
import dev.coracle.engine.containers.ContainerView;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Containers in the words of docker's tables.
public final class ContainerText {
    private static final int SHORT_ID = 12;
    private static final int SHORT_COMMAND = 20;

    private ContainerText() {}

    public static String shortId(String id) {
        var bare = id.substring(id.indexOf(':') + 1);
        return bare.length() > SHORT_ID ? bare.substring(0, SHORT_ID) : bare;
    }

    static String name(ContainerView container) {
        return container.name().isEmpty() ? shortId(container.id()) : container.name();
    }

    /// `"sleep 1000"`, shortened unless it is wanted whole.
    static String command(ContainerView container, boolean whole) {
        var words = String.join(" ", container.command());
        var shown = whole || words.codePointCount(0, words.length()) <= SHORT_COMMAND
                ? words
                : words.substring(0, words.offsetByCodePoints(0, SHORT_COMMAND - 1)) + "…";
        return "\""
                + shown.replace("\\", "\\\\")
                        .replace("\"", "\\\"")
                        .replace("\n", "\\n")
                        .replace("\t", "\\t") + "\"";
    }

    /// `Up 5 minutes (healthy)`, `Exited (0) 2 hours ago`.
    static String status(ContainerState state, Instant now) {
        return switch (state.status()) {
            case CREATED -> "Created";
            case RUNNING ->
                "Up " + since(state.startedAt(), now) + health(state.health().status());
            case PAUSED -> "Up " + since(state.startedAt(), now) + " (Paused)";
            case RESTARTING -> "Restarting (" + state.exitCode() + ") " + Units.ago(now, state.finishedAt());
            case REMOVING -> "Removal In Progress";
            case EXITED -> "Exited (" + state.exitCode() + ") " + Units.ago(now, state.finishedAt());
            case DEAD -> "Dead";
        };
    }

    private static String since(Instant then, Instant now) {
        return Units.duration(Duration.between(then, now));
    }

    private static String health(String status) {
        return switch (status) {
            case "starting" -> " (health: starting)";
            case "healthy", "unhealthy" -> " (" + status + ")";
            default -> "";
        };
    }

    static String state(ContainerState state) {
        return state.status().name().toLowerCase(Locale.ROOT);
    }

    /// `443/tcp, 0.0.0.0:8080->80/tcp`: what docker's table says of ports, see [PortText].
    static String ports(ContainerView container) {
        var network = container.network();
        var hides = container.state().isRunning() && network.mode().equals("host");
        return PortText.of(
                network.ports(), hides ? List.of() : container.config().exposed());
    }

    static String port(PortBinding binding) {
        return binding.containerPort() + "/" + binding.protocol().name().toLowerCase(Locale.ROOT);
    }

    static String address(PortBinding binding) {
        var host = binding.hostAddress().isEmpty() ? "0.0.0.0" : binding.hostAddress();
        return (host.indexOf(':') >= 0 ? "[" + shortened(host) + "]" : host) + ":" + binding.hostPort();
    }

    private static String shortened(String address) {
        return address.equals("0:0:0:0:0:0:0:0") ? "::" : address;
    }

    /// `a=b,c=d` by key.
    public static String labels(Map<String, String> labels) {
        return new TreeMap<>(labels)
                .entrySet().stream()
                        .map(label -> label.getKey() + "=" + label.getValue())
                        .collect(Collectors.joining(","));
    }

    static String mounts(ContainerView container, boolean whole) {
        return container.mounts().stream()
                .map(mount -> mount.name().isEmpty() ? mount.source() : mount.name())
                .map(name -> whole || name.length() <= 15 ? name : name.substring(0, 14) + "…")
                .collect(Collectors.joining(","));
    }

    static List<String> networks(ContainerView container) {
        return container.network().networks().isEmpty()
                ? List.of(container.network().mode())
                : container.network().networks();
    }
}
