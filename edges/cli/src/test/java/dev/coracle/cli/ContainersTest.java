package dev.coracle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coracle.base.EngineException.FailedPrecondition;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.base.EngineException.PermissionDenied;
import dev.coracle.engine.containers.Attachment;
import dev.coracle.engine.containers.Change;
import dev.coracle.engine.containers.ContainerState.Status;
import dev.coracle.engine.containers.LogLine;
import dev.coracle.engine.containers.LogReader;
import dev.coracle.engine.containers.RemoveOptions;
import dev.coracle.engine.containers.StopOptions;
import dev.coracle.engine.containers.Top;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What the commands about containers print.
class ContainersTest {
    private final Client client = new Client();

    @Test
    void ps_is_dockers_table() {
        client.containers.on("list", _ -> List.of(Samples.web()));
        assertThat(client.run("ps")).isZero();
        assertThat(client.out()).isEqualTo("""
            CONTAINER ID   IMAGE          COMMAND                  CREATED       STATUS         PORTS                                              NAMES
            0123456789ab   nginx:alpine   "/docker-entrypoint.…"   2 hours ago   Up 5 minutes   443/tcp, 0.0.0.0:8080->80/tcp, [::]:8080->80/tcp   web
            """);
    }

    @Test
    void ps_shows_what_runs_and_all_when_asked() {
        var ended = Samples.container("old", Status.EXITED, 3, Client.NOW.minusSeconds(60));
        client.containers.on("list", _ -> List.of(Samples.web(), ended));
        client.run("ps --format {{.Names}}");
        assertThat(client.out()).isEqualTo("web\n");
        client.run("ps -a --format '{{.Names}}: {{.Status}} {{.Label \"tier\"}}'");
        assertThat(client.out()).isEqualTo("web: Up 5 minutes front\nold: Exited (3) 10 seconds ago front\n");
        client.run("ps -f status=exited -q --no-trunc");
        assertThat(client.out()).isEqualTo(Samples.ID + "\n");
        client.run("ps -a -f name=we --format json");
        assertThat(client.out())
                .startsWith("{\"Command\":\"\\\"/docker-entrypoint.…\\\"\",\"CreatedAt\":\"2026-11-25 10:00:00 +0000"
                        + " UTC\",\"ID\":");
        client.run("ps -a -f exited=3 --format 'table {{.ID}}\\t{{.State}}'");
        assertThat(client.out()).isEqualTo("CONTAINER ID   STATE\n0123456789ab   exited\n");
        client.run("ps -l --format '{{.Ports}}|{{.Mounts}}|{{.Networks}}|{{.LocalVolumes}}'");
        assertThat(client.out()).isEqualTo("443/tcp, 0.0.0.0:8080->80/tcp, [::]:8080->80/tcp|data|bridge|1\n");
    }

    @Test
    void an_unknown_field_is_said_with_its_place() {
        client.containers.on("list", _ -> List.of(Samples.web()));
        assertThat(client.run("ps --format {{.Nope}}")).isEqualTo(1);
        assertThat(client.err())
                .isEqualTo("Error: template: :1:2: executing \"\" at <.Nope>: can't evaluate field Nope in type"
                        + " *formatter.ContainerContext\n");
    }

    @Test
    void inspect_knows_what_docker_knows() {
        client.containers.on("get", _ -> Samples.web());
        client.run("inspect -f '{{.Id}} {{.State.Status}} {{.State.Pid}} {{.Name}}' web");
        assertThat(client.out()).isEqualTo(Samples.ID + " running 4711 /web\n");
        client.run("inspect -f '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}' web");
        assertThat(client.out()).isEqualTo("10.4.0.2\n");
        client.run("inspect -f '{{(index (index .NetworkSettings.Ports \"80/tcp\") 0).HostPort}}' web");
        assertThat(client.out()).isEqualTo("8080\n");
        client.run("inspect -f '{{json .Config.Cmd}} {{json .Mounts}}' web");
        assertThat(client.out())
                .isEqualTo("[\"nginx\",\"-g\",\"daemon off;\"] [{\"Type\":\"volume\",\"Name\":\"data\","
                        + "\"Source\":\"/v/data\",\"Destination\":\"/data\",\"Driver\":\"local\",\"Mode\":\"\","
                        + "\"RW\":true,\"Propagation\":\"\"}]\n");
        assertThat(client.run("inspect -f {{.Nope}} web")).isEqualTo(1);
        assertThat(client.err())
                .isEqualTo("template parsing error: template: :1:2: executing \"\" at <.Nope>: map has no entry for key"
                        + " \"Nope\"\n");
        client.run("inspect web");
        assertThat(client.out()).startsWith("[\n    {\n        \"Id\": \"" + Samples.ID + "\",\n");
    }

    @Test
    void what_is_not_there_is_said_after_what_is() {
        client.containers.on("get", arguments -> {
            if (arguments.getFirst().equals("web")) {
                return Samples.web();
            }
            throw new NotFound("no such container: " + arguments.getFirst());
        });
        assertThat(client.run("container inspect -f {{.Config.Image}} nope web"))
                .isEqualTo(1);
        assertThat(client.out()).isEqualTo("nginx:alpine\n");
        assertThat(client.err()).isEqualTo("Error: no such container: nope\n");
        assertThat(client.run("container inspect nope")).isEqualTo(1);
        assertThat(client.out()).isEqualTo("[]\n");
    }

    @Test
    void several_containers_are_done_one_by_one() {
        client.containers.on("remove", arguments -> {
            assertThat(arguments.get(1)).isEqualTo(new RemoveOptions(true, true));
            if (arguments.getFirst().equals("b")) {
                throw new FailedPrecondition("container b is being removed");
            }
            return true;
        });
        assertThat(client.run("rm -fv a b c")).isEqualTo(1);
        assertThat(client.out()).isEqualTo("a\nc\n");
        assertThat(client.err()).isEqualTo("Error: container b is being removed\n");
    }

    @Test
    void stop_passes_signal_and_time() {
        client.containers.on("stop", arguments -> {
            assertThat(arguments.get(1)).isEqualTo(new StopOptions("INT", Duration.ofSeconds(3)));
            return true;
        });
        assertThat(client.run("stop -t 3 -s INT a")).isZero();
        assertThat(client.run("container stop --time=3 --signal INT a")).isZero();
        assertThat(client.out()).isEqualTo("a\n");
    }

    @Test
    void logs_go_to_the_stream_they_came_from() {
        client.containers.on("get", _ -> Samples.web()).on("logs", arguments -> {
            try {
                var reader = (LogReader) arguments.get(2);
                reader.line(new LogLine(Client.NOW, false, "one\n".getBytes(StandardCharsets.UTF_8)));
                reader.line(new LogLine(Client.NOW, true, "two\n".getBytes(StandardCharsets.UTF_8)));
                return true;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        client.run("logs -t -n 5 web");
        assertThat(client.out()).isEqualTo("2026-11-25T12:00:00.000000000Z one\n");
        assertThat(client.err()).isEqualTo("2026-11-25T12:00:00.000000000Z two\n");
    }

    @Test
    void small_views() {
        client.containers
                .on("get", _ -> Samples.web())
                .on("top", _ -> new Top(List.of("UID", "PID", "CMD"), List.of(List.of("root", "1", "nginx"))))
                .on("diff", _ -> List.of(new Change('C', "/etc"), new Change('A', "/etc/x")))
                .on("await", _ -> 7);
        client.run("port web");
        assertThat(client.out()).isEqualTo("80/tcp -> 0.0.0.0:8080\n80/tcp -> [::]:8080\n");
        client.run("port web 80");
        assertThat(client.out()).isEqualTo("0.0.0.0:8080\n[::]:8080\n");
        assertThat(client.run("port web 81")).isEqualTo(1);
        assertThat(client.err()).isEqualTo("Error: no public port '81/tcp' published for web\n");
        client.run("top web");
        assertThat(client.out()).isEqualTo("UID       PID       CMD\nroot      1         nginx\n");
        client.run("diff web");
        assertThat(client.out()).isEqualTo("C /etc\nA /etc/x\n");
        client.run("wait web");
        assertThat(client.out()).isEqualTo("7\n");
    }

    private static Attachment ended(int status) {
        return Fake.of(Attachment.class)
                .on("await", _ -> new Attachment.End.Exited(status))
                .on("close", _ -> true)
                .made();
    }

    @Test
    void run_ends_with_the_status_of_the_container() {
        client.images.on("find", _ -> java.util.Optional.of(1).map(_ -> sample()));
        client.containers
                .on("create", _ -> Samples.web())
                .on("start", arguments -> arguments.size() == 2 ? ended(42) : true);
        assertThat(client.run("run --name web nginx sh -c 'exit 42'")).isEqualTo(42);
        assertThat(client.run("run -d nginx")).isZero();
        assertThat(client.out()).isEqualTo(Samples.ID + "\n");
    }

    @Test
    void what_does_not_start_has_dockers_statuses() {
        client.images.on("find", _ -> java.util.Optional.of(sample()));
        client.containers.on("create", _ -> Samples.web()).on("start", _ -> {
            throw new NotFound("exec: \"nope\": executable file not found in $PATH");
        });
        var removed = new java.util.concurrent.atomic.AtomicBoolean();
        client.containers.on("remove", arguments -> {
            assertThat(arguments.get(1)).isEqualTo(new RemoveOptions(false, true));
            removed.set(true);
            return true;
        });
        assertThat(client.run("run --rm nginx nope")).isEqualTo(127);
        assertThat(removed).isTrue();
        assertThat(client.run("run nginx nope")).isEqualTo(127);
        assertThat(client.err()).isEqualTo("""
            coracle: exec: "nope": executable file not found in $PATH

            Run 'coracle run --help' for more information
            """);
        client.containers.on("start", _ -> {
            throw new PermissionDenied("exec: \"/etc\": permission denied");
        });
        assertThat(client.run("run nginx /etc")).isEqualTo(126);
        client.containers.on("create", _ -> {
            throw new NotFound("no such image: nginx:latest");
        });
        assertThat(client.run("run --pull never nginx")).isEqualTo(125);
        assertThat(client.run("create --pull never nginx")).isEqualTo(1);
        assertThat(client.err()).isEqualTo("Error: no such image: nginx:latest\n");
    }

    @Test
    void exec_ends_with_the_status_of_its_process() {
        client.containers.on("get", _ -> Samples.web()).on("exec", _ -> ended(3));
        assertThat(client.run("exec -i web sh")).isEqualTo(3);
        client.containers.on("exec", _ -> {
            throw new NotFound("exec: \"nope\": executable file not found in $PATH");
        });
        assertThat(client.run("exec web nope")).isEqualTo(127);
    }

    private static dev.coracle.engine.images.ImageView sample() {
        return ImagesTest.image("docker.io/library/nginx:latest");
    }
}
