package dev.coracle.cli;

import dev.coracle.base.Digest;
import dev.coracle.base.EngineException.Conflict;
import dev.coracle.base.EngineException.FailedPrecondition;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.base.EngineException.Unauthenticated;
import dev.coracle.base.Platform;
import dev.coracle.core.networks.Endpoint;
import dev.coracle.core.networks.Network;
import dev.coracle.core.networks.NetworkSpec;
import dev.coracle.core.registry.RegistryAccess;
import dev.coracle.core.registry.TransferListener;
import dev.coracle.engine.containers.Attachment;
import dev.coracle.engine.containers.Change;
import dev.coracle.engine.containers.ContainerState.Status;
import dev.coracle.engine.containers.ContainerView;
import dev.coracle.engine.containers.Containers;
import dev.coracle.engine.containers.LogLine;
import dev.coracle.engine.containers.LogReader;
import dev.coracle.engine.containers.RemoveOptions;
import dev.coracle.engine.containers.Stats;
import dev.coracle.engine.containers.Top;
import dev.coracle.engine.events.EngineEvent;
import dev.coracle.engine.events.EngineEvents;
import dev.coracle.engine.images.ImageDetails;
import dev.coracle.engine.images.ImageView;
import dev.coracle.engine.images.Images;
import dev.coracle.engine.images.PullListener;
import dev.coracle.engine.images.PullOptions;
import dev.coracle.engine.networks.NetworkView;
import dev.coracle.engine.system.DiskUse;
import dev.coracle.engine.system.Info;
import dev.coracle.engine.volumes.Volume;
import dev.coracle.engine.volumes.Volumes;
import dev.coracle.oci.Descriptor;
import dev.coracle.oci.ImageConfig;
import dev.coracle.oci.ImageHistory;
import dev.coracle.oci.Manifest;
import dev.coracle.oci.MediaTypes;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// The engine of the transcripts: `web` runs, `old` has ended, and there are a network `front`, a volume `data` and the
/// images `nginx:alpine` and `busybox`.
final class Ship {
    private static final String NGINX = "docker.io/library/nginx:alpine";
    private static final Descriptor LAYER =
            new Descriptor(MediaTypes.OCI_LAYER_GZIP, new Digest("sha256", "cd".repeat(32)), 1000);
    private static final String CONFIG = """
            {"architecture":"amd64","os":"linux","created":"2026-11-22T12:00:00Z","author":"crew",
             "config":{"Env":["PATH=/bin"],"Entrypoint":["/docker-entrypoint.sh"],"Cmd":["nginx","-g","daemon off;"],
                       "ExposedPorts":{"80/tcp":{}},"Labels":{"tier":"front"},"StopSignal":"SIGQUIT"},
             "rootfs":{"type":"layers","diff_ids":["sha256:%1$s"]},
             "history":[{"created":"2026-11-22T12:00:00Z","created_by":"ADD rootfs.tar / # buildkit"},
                        {"created":"2026-11-22T12:00:01Z","created_by":"CMD [\\"nginx\\"]","empty_layer":true}]}
            """.formatted("ef".repeat(32));

    private Ship() {}

    static Client client() {
        var client = new Client();
        client.environment.put("HOME", "/nowhere");
        containers(client);
        changes(client);
        images(client);
        networks(client);
        volumes(client);
        system(client);
        return client;
    }

    private static List<ContainerView> crew() {
        return List.of(
                Samples.web(),
                Samples.container("old", Status.EXITED, 3, Client.NOW.minusSeconds(60), "fedcba9876543210"));
    }

    private static ContainerView container(Object name) {
        return crew().stream()
                .filter(each -> each.name().equals(name) || each.id().equals(name))
                .findFirst()
                .orElseThrow(() -> new NotFound("no such container: " + name));
    }

    private static ContainerView running(Object name) {
        var container = container(name);
        if (!container.state().isRunning()) {
            throw new Conflict("container " + container.name() + " is not running");
        }
        return container;
    }

    private static void containers(Client client) {
        client.containers
                .on("list", _ -> crew())
                .on("get", arguments -> container(arguments.getFirst()))
                .on("create", _ -> Samples.web())
                .on("start", arguments -> arguments.size() == 2 ? ended(0) : container(arguments.getFirst()))
                .on("attach", arguments -> {
                    running(arguments.getFirst());
                    return ended(7);
                })
                .on("exec", arguments -> {
                    running(arguments.getFirst());
                    return arguments.size() == 3 ? ended(3) : "exec";
                })
                .on(
                        "await",
                        arguments -> container(arguments.getFirst()).state().exitCode())
                .on("top", arguments -> {
                    running(arguments.getFirst());
                    return new Top(
                            List.of("UID", "PID", "PPID", "C", "STIME", "TTY", "TIME", "CMD"),
                            List.of(List.of("root", "4711", "4700", "0", "11:55", "?", "00:00:00", "nginx: master")));
                })
                .on("stats", arguments -> stats(container(arguments.getFirst())))
                .on(
                        "diff",
                        _ -> List.of(new Change('C', "/etc"), new Change('A', "/etc/new"), new Change('D', "/tmp/x")))
                .on("checkHealth", _ -> "healthy")
                .on("logs", arguments -> {
                    log((LogReader) arguments.get(2));
                    return true;
                })
                .on("export", arguments -> {
                    write((OutputStream) arguments.get(1), "an archive");
                    return true;
                });
    }

    private static void changes(Client client) {
        for (var method : List.of("stop", "restart", "update")) {
            client.containers.on(method, arguments -> container(arguments.getFirst()));
        }
        for (var method : List.of("kill", "pause", "unpause")) {
            client.containers.on(method, arguments -> running(arguments.getFirst()));
        }
        client.containers
                .on("rename", arguments -> {
                    if (arguments.get(1).equals("old")) {
                        throw new Conflict(
                                "the container name \"/old\" is already in use by container \"fedcba987654\"");
                    }
                    return container(arguments.getFirst());
                })
                .on("remove", arguments -> {
                    var container = container(arguments.getFirst());
                    if (container.state().isRunning() && !((RemoveOptions) arguments.get(1)).force()) {
                        throw new Conflict("container " + container.name()
                                + " is running: stop the container before removing or force remove");
                    }
                    return true;
                })
                .on("connect", arguments -> container(arguments.getFirst()))
                .on("disconnect", arguments -> container(arguments.getFirst()))
                .on("commit", _ -> "sha256:" + "0f".repeat(32))
                .on("prune", _ -> new Containers.Pruned(List.of("fedcba9876543210".repeat(4)), 1_200_000));
    }

    private static Attachment ended(int status) {
        return Fake.of(Attachment.class)
                .on("await", _ -> new Attachment.End.Exited(status))
                .on("close", _ -> true)
                .made();
    }

    private static void log(LogReader reader) {
        try {
            reader.line(new LogLine(Client.NOW, false, "started\n".getBytes(StandardCharsets.UTF_8)));
            reader.line(new LogLine(Client.NOW, true, "no such page\n".getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(OutputStream out, String text) {
        try {
            out.write((text + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stats stats(ContainerView container) {
        return new Stats(
                container.id(),
                container.name(),
                Client.NOW,
                1_000_000,
                2,
                12 << 20,
                2 << 20,
                64 << 20,
                3,
                50,
                4096,
                8_192_000,
                List.of(new Stats.Interface("eth0", 1_210, 656, 12, 8)));
    }

    private static ImageView image(String name) {
        return ImagesTest.image(name);
    }

    private static List<ImageView> cargo() {
        return List.of(image(NGINX), image("docker.io/library/busybox:latest"), image("sha256:" + "ab".repeat(32)));
    }

    private static ImageView named(Object text) {
        return cargo().stream()
                .filter(each -> each.name().equals(text)
                        || each.name().equals("docker.io/library/" + text)
                        || each.name().equals("docker.io/library/" + text + ":latest"))
                .findFirst()
                .orElseThrow(() -> new NotFound("no such image: " + text));
    }

    private static void images(Client client) {
        var options = new PullOptions(
                RegistryAccess.ANONYMOUS, List.of(Platform.linux("amd64")), false, List.of(), Map.of(), 4);
        client.images
                .on("list", _ -> cargo())
                .on("get", arguments -> named(arguments.getFirst()))
                .on(
                        "find",
                        arguments -> cargo().stream()
                                .filter(each -> each.name().contains("/" + arguments.getFirst()))
                                .findFirst())
                .on("inspect", arguments -> details(named(arguments.getFirst())))
                .on("pullOptions", _ -> options)
                .on("pull", arguments -> {
                    var listener = (PullListener) arguments.get(2);
                    listener.needed("layer-x", LAYER);
                    listener.finished("layer-x", true);
                    return image(arguments.getFirst().toString());
                })
                .on("push", arguments -> {
                    var listener = (TransferListener) arguments.get(3);
                    listener.needed("layer-x", LAYER);
                    listener.finished("layer-x", false);
                    return true;
                })
                .on("checkLogin", _ -> {
                    throw new Unauthenticated("log in to registry.example: the registry does not accept user bob");
                })
                .on("tag", arguments -> named(arguments.getFirst()))
                .on("remove", arguments -> removed(named(arguments.getFirst())))
                .on("prune", _ -> List.of(new Images.Removal("sha256:" + "ab".repeat(32), false)))
                .on("history", _ -> {
                    var steps = ImageHistory.parse(CONFIG.getBytes(StandardCharsets.UTF_8))
                            .steps();
                    return List.of(new Images.Layer(steps.get(0), 5_000_000), new Images.Layer(steps.get(1), 0));
                })
                .on("save", arguments -> {
                    write((OutputStream) arguments.get(2), "an archive");
                    return true;
                })
                .on("load", _ -> List.of(image(NGINX), image("sha256:" + "ab".repeat(32))))
                .on("importTree", _ -> image("docker.io/library/imported:latest"));
    }

    private static List<Images.Removal> removed(ImageView image) {
        if (image.name().equals(NGINX)) {
            throw new Conflict(
                    "conflict: unable to remove repository reference \"nginx:alpine\" (must force) - container"
                            + " 0123456789ab is using its referenced image 0123456789ab");
        }
        return List.of(new Images.Removal(image.name(), true), new Images.Removal("sha256:" + "01".repeat(32), false));
    }

    private static ImageDetails details(ImageView image) {
        var manifest = new Manifest(
                MediaTypes.OCI_MANIFEST,
                new Descriptor(MediaTypes.OCI_CONFIG, image.config().orElseThrow(), CONFIG.length()),
                List.of(LAYER),
                Map.of());
        var bytes = CONFIG.getBytes(StandardCharsets.UTF_8);
        return new ImageDetails(
                image,
                List.of(image.name()),
                Platform.linux("amd64"),
                image.target(),
                manifest,
                ImageConfig.parse(bytes),
                ImageHistory.parse(bytes),
                "",
                "{}",
                CONFIG,
                "sha256:" + "ef".repeat(32));
    }

    private static NetworkView network(String name, String driver, String id, List<NetworkView.Member> members) {
        var subnets = driver.equals("bridge")
                ? List.of(new NetworkSpec.Subnet("10.4.0.0/24", "10.4.0.1", ""))
                : List.<NetworkSpec.Subnet>of();
        var labels = name.equals("front") ? Map.of("tier", "front") : Map.<String, String>of();
        var spec = new NetworkSpec(name, driver, subnets, false, false, Map.of(), labels);
        return new NetworkView(
                new Network(
                        id.repeat(32), spec, driver.equals("bridge") ? "br-" + id : "", Client.NOW.minusSeconds(60)),
                members);
    }

    private static List<NetworkView> sea() {
        var endpoint = new Endpoint(
                "bridge", "b1".repeat(32), "eth0", "02:42:0a:04:00:02", "10.4.0.2/24", "10.4.0.1", "", "", List.of());
        return List.of(
                network("bridge", "bridge", "b1", List.of(new NetworkView.Member(Samples.ID, "web", endpoint))),
                network("front", "bridge", "f1", List.of()),
                network("host", "host", "a0", List.of()),
                network("none", "null", "e0", List.of()));
    }

    private static NetworkView network(Object name) {
        return sea().stream()
                .filter(each -> each.network().name().equals(name))
                .findFirst()
                .orElseThrow(() -> new NotFound("no such network: " + name));
    }

    private static void networks(Client client) {
        client.networks
                .on("list", _ -> sea())
                .on("get", arguments -> network(arguments.getFirst()))
                .on("create", arguments -> {
                    var spec = (NetworkSpec) arguments.getFirst();
                    return new Network("d1".repeat(32), spec, "br-d1", Client.NOW);
                })
                .on("remove", arguments -> {
                    var found = network(arguments.getFirst());
                    if (!found.members().isEmpty()) {
                        throw new FailedPrecondition("network \"bridge\" is in use by web");
                    }
                    return found.network().name();
                })
                .on("prune", _ -> List.of("front"));
    }

    private static Volume volume(String name, boolean anonymous) {
        return new Volume(
                name,
                anonymous ? Map.of() : Map.of("tier", "back"),
                anonymous,
                Path.of("/v", name, "_data"),
                Client.NOW.minusSeconds(60));
    }

    private static void volumes(Client client) {
        var all = List.of(volume("0a".repeat(32), true), volume("data", false));
        client.volumes
                .on("list", _ -> all)
                .on("size", _ -> 2_048_000L)
                .on("users", arguments -> arguments.getFirst().equals("data") ? List.of("web") : List.of())
                .on(
                        "create",
                        arguments -> volume(
                                arguments.getFirst().equals("")
                                        ? "0b".repeat(32)
                                        : arguments.getFirst().toString(),
                                false))
                .on(
                        "get",
                        arguments -> all.stream()
                                .filter(each -> each.name().equals(arguments.getFirst()))
                                .findFirst()
                                .orElseThrow(() -> new NotFound("no such volume: " + arguments.getFirst())))
                .on("remove", arguments -> {
                    if (arguments.getFirst().equals("data")) {
                        throw new FailedPrecondition("volume data is in use by web");
                    }
                    throw new NotFound("no such volume: " + arguments.getFirst());
                })
                .on("prune", _ -> new Volumes.Pruned(List.of("0a".repeat(32)), 2_048_000));
    }

    private static void system(Client client) {
        var events = Fake.of(EngineEvents.class)
                .on("subscribe", _ -> (EngineEvents.Subscription) () -> {})
                .on(
                        "past",
                        _ -> Stream.of("create", "start", "die")
                                .map(Ship::event)
                                .toList());
        client.system
                .on("info", _ -> info())
                .on(
                        "diskUse",
                        _ -> new DiskUse(List.of(
                                new DiskUse.Kind("Images", 3, 1, 24_000_000, 12_000_000),
                                new DiskUse.Kind("Containers", 2, 1, 1_300_000, 1_200_000),
                                new DiskUse.Kind("Local Volumes", 0, 0, 0, 0))))
                .on("events", _ -> events.made());
        client.namespaces
                .on("list", _ -> List.of("default", "moby"))
                .on("labels", arguments -> arguments.getFirst().equals("moby") ? Map.of("owner", "whale") : Map.of())
                .on("create", _ -> true)
                .on("update", _ -> true)
                .on("delete", arguments -> {
                    if (arguments.getFirst().equals("moby")) {
                        throw new FailedPrecondition("namespace \"moby\" must be empty, but it still has images");
                    }
                    return true;
                });
    }

    private static EngineEvent event(String action) {
        var attributes = action.equals("die")
                ? Map.of("name", "web", "image", "nginx:alpine", "exitCode", "0")
                : Map.of("name", "web", "image", "nginx:alpine");
        return new EngineEvent("container", action, Samples.ID, attributes, Client.NOW.minusSeconds(5));
    }

    private static Info info() {
        return new Info(
                "1f".repeat(16),
                "ship",
                "0.1.0",
                2,
                1,
                0,
                1,
                "overlayfs",
                "/home/bob/.local/share/containerd",
                "systemd",
                List.of("memory", "pids"),
                List.of("io.containerd.runc.v2"),
                List.of("name=seccomp,profile=builtin", "name=rootless"),
                List.of("No cpu limits: the controller is not delegated"),
                new Info.Machine("Debian GNU/Linux 12 (bookworm)", "6.1.0", 2, 4L << 30));
    }
}
