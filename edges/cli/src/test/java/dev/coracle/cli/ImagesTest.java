package dev.coracle.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coracle.base.Digest;
import dev.coracle.base.Platform;
import dev.coracle.core.registry.RegistryAccess;
import dev.coracle.engine.images.ImageView;
import dev.coracle.engine.images.Images;
import dev.coracle.engine.images.PullListener;
import dev.coracle.engine.images.PullOptions;
import dev.coracle.oci.Descriptor;
import dev.coracle.oci.ImageHistory;
import dev.coracle.oci.MediaTypes;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What the commands about images print.
class ImagesTest {
    private final Client client = new Client();

    static ImageView image(String name) {
        return new ImageView(
                name,
                new Descriptor(MediaTypes.OCI_INDEX, new Digest("sha256", "ab".repeat(32)), 1234),
                Optional.of(new Digest("sha256", "0123456789abcdef".repeat(4))),
                List.of(Platform.linux("amd64")),
                Client.NOW.minusSeconds(86_400 * 3),
                Client.NOW.minusSeconds(60),
                Map.of(),
                2_500_000,
                12_345_678);
    }

    @Test
    void images_is_dockers_table() {
        client.images.on(
                "list",
                _ -> List.of(
                        image("docker.io/library/nginx:alpine"),
                        image("registry.example:5000/a/b:v1"),
                        image("sha256:" + "ab".repeat(32))));
        assertThat(client.run("images")).isZero();
        assertThat(client.out()).isEqualTo("""
            REPOSITORY                  TAG       IMAGE ID       CREATED      SIZE
            nginx                       alpine    0123456789ab   3 days ago   12.3MB
            registry.example:5000/a/b   v1        0123456789ab   3 days ago   12.3MB
            <none>                      <none>    0123456789ab   3 days ago   12.3MB
            """);
        client.run("image ls -q nginx");
        assertThat(client.out()).isEqualTo("0123456789ab\n");
        client.run("images -f dangling=true --format '{{.ID}} {{.Repository}}:{{.Tag}}'");
        assertThat(client.out()).isEqualTo("0123456789ab <none>:<none>\n");
        client.run("images -f reference=*/a/* --format {{.Name}}");
        assertThat(client.out()).isEqualTo("registry.example:5000/a/b:v1\n");
    }

    @Test
    void removed_names_are_shown() {
        client.images.on(
                "remove",
                _ -> List.of(
                        new Images.Removal("docker.io/library/nginx:alpine", true),
                        new Images.Removal("sha256:ff", false)));
        assertThat(client.run("rmi nginx:alpine")).isZero();
        assertThat(client.out()).isEqualTo("Untagged: nginx:alpine\nDeleted: sha256:ff\n");
    }

    @Test
    void a_pull_is_told_line_by_line_without_a_terminal() {
        var layer = new Descriptor(MediaTypes.OCI_LAYER_GZIP, new Digest("sha256", "cd".repeat(32)), 1000);
        client.images
                .on(
                        "pullOptions",
                        arguments -> new PullOptions(
                                (RegistryAccess) arguments.getFirst(), List.of(), false, List.of(), Map.of(), 4))
                .on("find", _ -> Optional.empty())
                .on("pull", arguments -> {
                    var listener = (PullListener) arguments.get(2);
                    listener.needed("layer-x", layer);
                    listener.progressed("layer-x", 500);
                    listener.finished("layer-x", false);
                    listener.unpacking(layer);
                    listener.unpacked(layer, false);
                    return image("docker.io/library/nginx:latest");
                });
        assertThat(client.run("pull nginx")).isZero();
        assertThat(client.out()).isEqualTo("""
            Using default tag: latest
            latest: Pulling from library/nginx
            cdcdcdcdcdcd: Pulling fs layer
            cdcdcdcdcdcd: Download complete
            cdcdcdcdcdcd: Extracting
            cdcdcdcdcdcd: Pull complete
            Digest: sha256:%s
            Status: Downloaded newer image for nginx:latest
            docker.io/library/nginx:latest
            """.formatted("ab".repeat(32)));
        client.run("pull -q nginx:latest");
        assertThat(client.out()).isEqualTo("docker.io/library/nginx:latest\n");
    }

    @Test
    void a_pull_draws_bars_on_a_terminal() {
        var layer = new Descriptor(MediaTypes.OCI_LAYER_GZIP, new Digest("sha256", "cd".repeat(32)), 1000);
        client.terminal = true;
        client.images
                .on(
                        "pullOptions",
                        arguments -> new PullOptions(
                                (RegistryAccess) arguments.getFirst(), List.of(), false, List.of(), Map.of(), 4))
                .on("find", _ -> Optional.empty())
                .on("pull", arguments -> {
                    var listener = (PullListener) arguments.get(2);
                    listener.needed("layer-x", layer);
                    listener.progressed("layer-x", 500);
                    return image("docker.io/library/nginx:latest");
                });
        assertThat(client.run("pull nginx")).isZero();
        assertThat(client.out())
                .contains("cdcdcdcdcdcd: Downloading [========================>                         ] 500B/1kB");
    }

    @Test
    void history_shows_the_latest_step_first() {
        client.images
                .on("get", _ -> image("docker.io/library/nginx:alpine"))
                .on(
                        "history",
                        _ -> List.of(
                                layer("2026-11-22T12:00:00Z", "ADD rootfs.tar / # buildkit", 5_000_000),
                                layer("2026-11-24T12:00:00Z", "CMD [\"sh\"]", 0)));
        client.run("history nginx:alpine");
        assertThat(client.out()).isEqualTo("""
            IMAGE          CREATED        CREATED BY                    SIZE      COMMENT
            0123456789ab   24 hours ago   CMD ["sh"]                    0B        made
            <missing>      3 days ago     ADD rootfs.tar / # buildkit   5MB       made
            """);
    }

    private static Images.Layer layer(String created, String by, long bytes) {
        return new Images.Layer(new ImageHistory.Step(created, by, "", "made", bytes == 0), bytes);
    }
}
