package dev.coracle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coracle.core.networks.EndpointSpec;
import dev.coracle.core.networks.PortBinding;
import dev.coracle.core.networks.PortBinding.Protocol;
import dev.coracle.engine.containers.ContainerOptions;
import dev.coracle.engine.containers.ImageUse;
import dev.coracle.engine.containers.MountOption;
import dev.coracle.engine.containers.NetworkOptions.Mode;
import dev.coracle.engine.containers.ProcessOptions.Entrypoint;
import dev.coracle.engine.containers.RestartPolicy;
import dev.coracle.engine.containers.SecurityOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the flags of `run` and `create` come to.
class RunOptionsTest {
    private final Client client = new Client();

    @TempDir
    private Path folder = Path.of("");

    private ContainerOptions options(String words) {
        var seen = new AtomicReference<Optional<ContainerOptions>>(Optional.empty());
        client.directory = folder;
        client.images.on("find", _ -> Optional.of(ImagesTest.image("docker.io/library/nginx:alpine")));
        client.containers.on("create", arguments -> {
            seen.set(Optional.of((ContainerOptions) arguments.getFirst()));
            return Samples.web();
        });
        assertThat(client.run("create " + words)).as(client.err()).isZero();
        assertThat(client.out()).isEqualTo(Samples.ID + "\n");
        return seen.get().orElseThrow();
    }

    @Test
    void nothing_said_is_everything_as_it_comes() {
        assertThat(options("nginx:alpine")).isEqualTo(ContainerOptions.of("nginx:alpine", List.of()));
    }

    @Test
    void the_process() throws IOException {
        client.environment.put("KNOWN", "here");
        Files.writeString(folder.resolve("env"), "# a comment\nFROM_FILE=1\n\n  KNOWN\n");
        var process = options(
                        "-it -u 1:2 -w /tmp --env-file env -e A=b,c -e KNOWN -e GONE --entrypoint sh nginx -c 'echo"
                                + " -x'")
                .process();
        assertThat(process.command()).isEqualTo(List.of("-c", "echo -x"));
        assertThat(process.env()).isEqualTo(List.of("FROM_FILE=1", "KNOWN=here", "A=b,c", "KNOWN=here", "GONE"));
        assertThat(process.entrypoint()).isEqualTo(new Entrypoint.Of(List.of("sh")));
        assertThat(List.of(process.user(), process.workdir())).isEqualTo(List.of("1:2", "/tmp"));
        assertThat(process.tty() && process.stdinOpen() && process.stdinOnce()).isTrue();
    }

    @Test
    void ports() {
        var network = options(
                        "-p 80 -p 8080:80,8443:443 -p 127.0.0.1:53:53/udp -p [::1]:1:1 -p 90-91:70-71 -p 8000-8010:80 --expose 5-6 -P"
                                + " x")
                .network();
        assertThat(network.ports())
                .isEqualTo(List.of(
                        new PortBinding(Protocol.TCP, "", 0, 80),
                        new PortBinding(Protocol.TCP, "", 8080, 80),
                        new PortBinding(Protocol.TCP, "", 8443, 443),
                        new PortBinding(Protocol.UDP, "127.0.0.1", 53, 53),
                        new PortBinding(Protocol.TCP, "::1", 1, 1),
                        new PortBinding(Protocol.TCP, "", 90, 70),
                        new PortBinding(Protocol.TCP, "", 91, 71),
                        new PortBinding(Protocol.TCP, "", 8000, 8010, 80, false)));
        assertThat(network.expose()).isEqualTo(List.of("5/tcp", "6/tcp"));
        assertThat(network.publishAll()).isTrue();
    }

    @Test
    void networks() {
        assertThat(options("--network host x").network().mode()).isEqualTo(new Mode.Host());
        assertThat(options("--net=none x").network().mode()).isEqualTo(new Mode.None());
        assertThat(options("--network container:web x").network().mode()).isEqualTo(new Mode.OfContainer("web"));
        assertThat(options("--network ns:/run/netns/a x").network().mode()).isEqualTo(new Mode.AtPath("/run/netns/a"));
        assertThat(options("--network a --network name=b,alias=c --ip 10.1.2.3 --network-alias d x")
                        .network()
                        .mode())
                .isEqualTo(new Mode.Bridged(List.of(
                        new EndpointSpec("a", "10.1.2.3", "", "", List.of("d")),
                        new EndpointSpec("b", "", "", "", List.of("c")))));
        assertThat(options("--add-host db:10.0.0.1 --add-host me=host-gateway --dns 1.1.1.1,8.8.8.8 -h name x")
                        .network())
                .satisfies(network -> {
                    assertThat(network.extraHosts()).isEqualTo(List.of("db:10.0.0.1", "me:host-gateway"));
                    assertThat(network.dns()).isEqualTo(List.of("1.1.1.1", "8.8.8.8"));
                    assertThat(network.hostname()).isEqualTo("name");
                });
    }

    @Test
    void mounts() {
        assertThat(options("-v /anonymous -v data:/data:ro,nocopy -v ./here:/there:rslave --tmpfs"
                                + " /t:size=1m,noexec --mount type=volume,src=v,dst=/w,readonly --mount"
                                + " type=tmpfs,target=/u,tmpfs-size=1k x")
                        .storage()
                        .mounts())
                .isEqualTo(List.of(
                        new MountOption.Named("", "/anonymous", false, true, List.of()),
                        new MountOption.Named("data", "/data", true, false, List.of()),
                        new MountOption.Bind(folder.resolve("here"), "/there", false, true, List.of("rslave")),
                        new MountOption.Named("v", "/w", true, true, List.of()),
                        new MountOption.Tmpfs("/u", List.of("size=1024")),
                        new MountOption.Tmpfs("/t", List.of("size=1m", "noexec"))));
    }

    @Test
    void limits_and_rights() {
        var all =
                options("-m 64m --cpus 0.5 --pids-limit 50 --device-read-bps /dev/sda:1mb --cap-add NET_ADMIN,SYS_TIME"
                        + " --cap-drop ALL --security-opt seccomp=unconfined --security-opt no-new-privileges --device"
                        + " /dev/fuse --ulimit nofile=10:20 --sysctl net.core.somaxconn=1 --pid host --init --privileged"
                        + " x");
        assertThat(all.limits().memory()).isEqualTo(64L << 20);
        assertThat(all.limits().nanoCpus()).isEqualTo(500_000_000);
        assertThat(all.limits().pids()).isEqualTo(50);
        assertThat(all.limits().rates()).hasSize(1);
        var security = all.security();
        assertThat(security.addedCapabilities()).isEqualTo(List.of("NET_ADMIN", "SYS_TIME"));
        assertThat(security.droppedCapabilities()).isEqualTo(List.of("ALL"));
        assertThat(security.seccomp()).isEqualTo(new SecurityOptions.Seccomp.Unconfined());
        assertThat(security.options()).isEqualTo(List.of("no-new-privileges"));
        assertThat(security.devices())
                .isEqualTo(List.of(new SecurityOptions.DeviceOption("/dev/fuse", "/dev/fuse", "rwm")));
        assertThat(security.ulimits()).isEqualTo(List.of(new SecurityOptions.Ulimit("nofile", 10, 20)));
        assertThat(security.sysctls()).isEqualTo(Map.of("net.core.somaxconn", "1"));
        assertThat(security.pid()).isEqualTo("host");
        assertThat(security.privileged() && all.lifecycle().init()).isTrue();
    }

    @Test
    void devices_that_the_machine_describes() {
        assertThat(options("--device a.example/b=c,/dev/fuse x").security().describedDevices())
                .isEqualTo(List.of("a.example/b=c"));
        assertThat(options("--gpus all x").security().describedDevices()).isEqualTo(List.of("gpu=all"));
        assertThat(options("--gpus 2 x").security().describedDevices()).isEqualTo(List.of("gpu=0", "gpu=1"));
        assertThat(options("--gpus '\"device=0,GPU-1\",capabilities=compute' x")
                        .security()
                        .describedDevices())
                .isEqualTo(List.of("gpu=0", "gpu=GPU-1"));
    }

    @Test
    void the_life() {
        var all = options("--restart on-failure:3 --stop-signal INT --stop-timeout 5 --health-cmd 'curl x'"
                + " --health-interval 5s --health-retries 2 --log-driver none --log-opt max-size=1m -l a=b -l c"
                + " --annotation d=e --pull never --platform linux/arm64 --name n --runtime r x");
        assertThat(all.lifecycle().restart()).isEqualTo(new RestartPolicy(RestartPolicy.Kind.ON_FAILURE, 3));
        assertThat(all.lifecycle().stopSignal()).isEqualTo("INT");
        assertThat(all.lifecycle().stopTimeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(all.health().test()).isEqualTo(List.of("CMD-SHELL", "curl x"));
        assertThat(all.health().interval()).isEqualTo(Duration.ofSeconds(5));
        assertThat(all.health().retries()).isEqualTo(2);
        assertThat(all.log().driver()).isEqualTo("none");
        assertThat(all.log().options()).isEqualTo(Map.of("max-size", "1m"));
        assertThat(all.labels()).isEqualTo(Map.of("a", "b", "c", ""));
        assertThat(all.annotations()).isEqualTo(Map.of("d", "e"));
        assertThat(all.imageUse()).isEqualTo(new ImageUse(ImageUse.Pull.NEVER, "linux/arm64", false));
        assertThat(List.of(all.name(), all.runtime())).isEqualTo(List.of("n", "r"));
    }

    @Test
    void the_id_is_kept_in_a_file_that_was_not_there() {
        options("--cidfile id x");
        assertThat(folder.resolve("id")).hasContent(Samples.ID);
        assertThat(client.run("create --cidfile id x")).isEqualTo(1);
        assertThat(client.err()).startsWith("container ID file found");
    }

    @Test
    void settings_come_from_a_file_and_unknown_ones_are_errors() throws IOException {
        client.environment.put("NERDCTL_TOML", folder.resolve("nerdctl.toml").toString());
        Files.writeString(folder.resolve("nerdctl.toml"), "dns = [\"9.9.9.9\"]\nhost_gateway_ip = \"10.9.8.7\"\n");
        var network = options("--add-host me:host-gateway x").network();
        assertThat(network.dns()).isEqualTo(List.of("9.9.9.9"));
        assertThat(network.extraHosts()).isEqualTo(List.of("me:10.9.8.7"));
        Files.writeString(folder.resolve("nerdctl.toml"), "nonsense = 1\n");
        assertThat(client.run("ps")).isEqualTo(1);
        assertThat(client.err()).isEqualTo(folder.resolve("nerdctl.toml") + ": unknown key \"nonsense\"\n");
    }
}
