package dev.coracle.integration.network;

import dev.coracle.core.networks.DescribedNetworks;
import dev.coracle.core.networks.Endpoint;
import dev.coracle.core.networks.EndpointSpec;
import dev.coracle.core.networks.SandboxSpec;
import dev.coracle.core.testkit.MemoryRecords;
import dev.coracle.linux.Fd;
import dev.coracle.linux.Links;
import dev.coracle.linux.Mounts;
import dev.coracle.linux.NetnsThread;
import dev.coracle.network.BridgeNetworks;
import dev.coracle.network.NetworkSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;

/// A host with an address and a way out, a container network namespace beside it, and networks in
/// there.
final class World implements AutoCloseable {
    static final InetAddress HOST = InetAddress.ofLiteral("198.51.100.2");
    static final InetAddress HOST6 = InetAddress.ofLiteral("2001:db8:1::2");
    static final Duration PATIENCE = Duration.ofSeconds(60);

    /// What connects the container network namespace with the host.
    enum Uplink {
        NONE,
        PASTA,
        PASTA_WITH_IPV6,
        SLIRP4NETNS
    }

    final MemoryRecords records = new MemoryRecords();
    final Path folder;
    private final NetnsThread inside;
    private final List<Process> processes = new ArrayList<>();
    private BridgeNetworks networks;

    private World(Path folder, NetnsThread inside) {
        this.folder = folder;
        this.inside = inside;
        networks = open();
    }

    static World make(Uplink uplink) throws IOException, InterruptedException {
        var folder = Files.createTempDirectory("coracle-network-");
        try (var host = Links.open()) {
            host.setUp("lo");
            if (host.find("host0").isEmpty()) {
                plug(host, host.addBridge("host0", "02:42:c6:33:64:02", 65_520));
                host.ensureAddress("host0", HOST, 24);
                host.ensureDefaultRoute("host0", InetAddress.ofLiteral("198.51.100.1"));
                host.ensureAddress("host0", HOST6, 64);
                host.ensureDefaultRoute("host0", InetAddress.ofLiteral("2001:db8:1::1"));
            }
        }
        Files.writeString(folder.resolve("resolv.conf"), "nameserver " + HOST.getHostAddress() + "\n");
        var file = Files.createFile(folder.resolve("netns"));
        var inside = NetnsThread.unshare("container network");
        inside.call(() -> {
            Mounts.bind(Path.of("/proc/thread-self/ns/net"), file, false);
            try (var links = Links.open()) {
                links.setUp("lo");
            }
            return true;
        });
        var uplinks = new ArrayList<Process>();
        if (uplink != Uplink.NONE) {
            uplinks.add(start(uplink, file, folder));
            Awaitility.await("the way out")
                    .atMost(PATIENCE)
                    .until(() -> inside.call(World::waysOut) >= (uplink == Uplink.PASTA_WITH_IPV6 ? 2 : 1));
        }
        var world = new World(folder, inside);
        world.processes.addAll(uplinks);
        return world;
    }

    /// Without somebody at the other end a device has no carrier, and IPv6 no addresses. Stays for the process's life.
    private static void plug(Links host, Links.Link device) throws IOException, InterruptedException {
        var outside = NetnsThread.unshare("outside");
        try (var namespace = outside.namespace()) {
            host.addVeth("plug0", device, device.mtu(), new Links.Peer("far0", "02:42:c6:33:64:01", namespace));
        }
        outside.call(() -> {
            try (var links = Links.open()) {
                links.setUp("far0");
            }
            return true;
        });
    }

    private static long waysOut() throws IOException {
        try (var links = Links.open()) {
            return links.routes().stream().filter(route -> route.prefix() == 0).count();
        }
    }

    private static Process start(Uplink uplink, Path netns, Path folder) throws IOException {
        var words = new ArrayList<String>();
        if (uplink == Uplink.SLIRP4NETNS) {
            words.addAll(List.of("/usr/bin/slirp4netns", "--configure", "--mtu=65520", "--disable-host-loopback"));
            words.addAll(List.of("--netns-type=path", netns.toString(), "tap0"));
        } else {
            words.addAll(List.of("/usr/bin/pasta", "--foreground", "--quiet", "--config-net", "--ns-ifname", "tap0"));
            words.addAll(
                    List.of("--mtu", "65520", "--no-map-gw", "-t", "none", "-u", "none", "-T", "none", "-U", "none"));
            words.addAll(List.of("--netns-only", "--netns", netns.toString()));
            words.addAll(
                    uplink == Uplink.PASTA
                            ? List.of(
                                    "--ipv4-only",
                                    "--address",
                                    "10.0.2.100",
                                    "--netmask",
                                    "24",
                                    "--gateway",
                                    "10.0.2.2")
                            : List.of(
                                    "--address",
                                    "2001:db8:1::64",
                                    "--address",
                                    "10.0.2.100",
                                    "--netmask",
                                    "24",
                                    "--gateway",
                                    "10.0.2.2"));
        }
        return new ProcessBuilder(words)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("uplink.log").toFile())
                .start();
    }

    private BridgeNetworks open() {
        return BridgeNetworks.open(
                new NetworkSettings(
                        folder.resolve("state"),
                        Optional.of(folder.resolve("netns")),
                        Optional.empty(),
                        folder.resolve("resolv.conf"),
                        Optional.empty()),
                records,
                DescribedNetworks.NONE,
                InstantSource.system(),
                new SecureRandom());
    }

    BridgeNetworks networks() {
        return networks;
    }

    /// What a daemon that was killed and started again has.
    BridgeNetworks reopen() {
        networks.close();
        networks = open();
        return networks;
    }

    Endpoint sandbox(String name, String network) {
        networks.open("test/" + name, new SandboxSpec(name, name + "-host", List.of(), Map.of()));
        return networks.connect("test/" + name, EndpointSpec.of(network));
    }

    /// Does something on a thread inside a sandbox.
    <T> T in(String name, Callable<T> work) throws IOException, InterruptedException {
        try (var namespace = Fd.openForReading(networks.sandbox("test/" + name).namespace());
                var thread = NetnsThread.enter("in " + name, namespace)) {
            return thread.call(work);
        }
    }

    /// Links of the container network namespace, loopback and the way out excepted.
    List<String> links() throws IOException, InterruptedException {
        return inside.call(() -> {
            try (var links = Links.open()) {
                return links.list().stream()
                        .map(Links.Link::name)
                        .filter(name -> !name.equals("lo") && !name.equals("tap0"))
                        .toList();
            }
        });
    }

    static String bare(String address) {
        return address.substring(0, address.indexOf('/'));
    }

    @Override
    public void close() throws IOException {
        networks.sandboxes().forEach(sandbox -> networks.close(sandbox.id()));
        networks.close();
        for (var process : processes) {
            process.destroy();
            process.onExit().join();
        }
        Mounts.unmount(folder.resolve("netns"), true);
        inside.close();
        try (var files = Files.walk(folder)) {
            for (var path : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
