package dev.coracle.cli;

import dev.coracle.core.networks.Endpoint;
import dev.coracle.core.networks.PortBinding;
import dev.coracle.core.networks.PortBinding.Protocol;
import dev.coracle.engine.containers.ContainerConfig;
import dev.coracle.engine.containers.ContainerOptions;
import dev.coracle.engine.containers.ContainerState;
import dev.coracle.engine.containers.ContainerState.Status;
import dev.coracle.engine.containers.ContainerView;
import dev.coracle.engine.containers.HealthOptions;
import dev.coracle.engine.containers.NetworkView;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/// Containers to be shown.
public final class Samples {
    public static final String ID = "0123456789abcdef".repeat(4);

    private Samples() {}

    /// A web server that has run for five minutes.
    public static ContainerView web() {
        return container("web", Status.RUNNING, 0, Client.NOW.minusSeconds(300));
    }

    public static ContainerView container(String name, Status status, int exitCode, Instant started) {
        return container(name, status, exitCode, started, "0123456789abcdef");
    }

    /// @param id a quarter of the container's id
    static ContainerView container(String name, Status status, int exitCode, Instant started, String id) {
        return new ContainerView(
                id.repeat(4),
                name,
                Client.NOW.minusSeconds(7200),
                "nginx:alpine",
                "docker.io/library/nginx:alpine",
                "sha256:" + "ab".repeat(32),
                ContainerOptions.of("nginx:alpine", List.of()).named(name),
                new ContainerConfig(
                        "0123456789ab",
                        "",
                        List.of("PATH=/bin"),
                        List.of("/docker-entrypoint.sh"),
                        List.of("nginx", "-g", "daemon off;"),
                        "/",
                        List.of("80/tcp", "443/tcp"),
                        List.of(),
                        Map.of("tier", "front"),
                        "SIGQUIT",
                        Duration.ZERO,
                        HealthOptions.INHERITED),
                List.of("/docker-entrypoint.sh", "nginx", "-g", "daemon off;"),
                new ContainerState(
                        status,
                        status == Status.RUNNING ? 4711 : 0,
                        exitCode,
                        started,
                        finished(status),
                        "",
                        false,
                        ContainerState.Health.NONE),
                List.of(new ContainerView.MountView("volume", "data", "/v/data", "/data", "", true, "")),
                new NetworkView(
                        "bridge",
                        List.of("bridge"),
                        List.of(new Endpoint(
                                "bridge",
                                "ff".repeat(32),
                                "eth0",
                                "02:42:0a:04:00:02",
                                "10.4.0.2/24",
                                "10.4.0.1",
                                "",
                                "",
                                List.of())),
                        List.of(
                                new PortBinding(Protocol.TCP, "0.0.0.0", 8080, 80),
                                new PortBinding(Protocol.TCP, "::", 8080, 80)),
                        "/run/netns/x"),
                0,
                new ContainerView.Files(
                        "/log",
                        "/resolv.conf",
                        "/hosts",
                        "/hostname",
                        "overlayfs",
                        ID,
                        "io.containerd.runc.v2",
                        "linux/amd64"),
                List.of(),
                true);
    }

    private static Instant finished(Status status) {
        return status == Status.EXITED ? Client.NOW.minusSeconds(10) : Instant.EPOCH;
    }
}
