package dev.coracle.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.core.registry.RegistryAccess;
import dev.coracle.registry.RegistryHost.Capability;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostsTest {
    @TempDir
    private Path root;

    private Hosts hosts() {
        return new Hosts(RegistryOptions.DEFAULT.with(RegistryAccess.ANONYMOUS.withHostsDirs(List.of(root))));
    }

    private Path write(String directory, String toml) throws IOException {
        var folder = Files.createDirectories(root.resolve(directory));
        return Files.writeString(folder.resolve("hosts.toml"), toml);
    }

    @ParameterizedTest
    @CsvSource({
        "docker.io, https://registry-1.docker.io/v2",
        "r.example, https://r.example/v2",
        "r.example:5000, https://r.example:5000/v2",
        "localhost:5000, http://localhost:5000/v2",
        "127.0.0.1, http://127.0.0.1/v2",
        "127.0.0.1:443, https://127.0.0.1:443/v2",
        "[::1]:5000, http://[::1]:5000/v2",
    })
    void without_configuration_a_registry_stands_for_itself(String domain, String base) {
        assertThat(hosts().of(domain))
                .extracting(host -> host.base().toString())
                .containsExactly(base);
    }

    @Test
    void mirrors_come_in_the_order_of_the_file_and_the_server_last() throws IOException {
        write("docker.io", """
                server = "https://upstream.example"
                [host."https://zulu.example"]
                  capabilities = ["pull"]
                [host."http://alpha.example:5000/prefix"]
                  capabilities = ["pull", "resolve"]
                  dial_timeout = "3s"
                  skip_verify = true
                  [host."http://alpha.example:5000/prefix".header]
                    x-key = ["a", "b"]
                [host."mike.example/own"]
                  override_path = true
                """);
        var hosts = hosts().of("docker.io");
        assertThat(hosts)
                .extracting(host -> host.base().toString())
                .containsExactly(
                        "https://zulu.example/v2",
                        "http://alpha.example:5000/prefix/v2",
                        "https://mike.example/own",
                        "https://upstream.example/v2");
        assertThat(hosts.get(0).capabilities()).isEqualTo(Set.of(Capability.PULL));
        assertThat(hosts.get(1).dialTimeout()).isEqualTo(Duration.ofSeconds(3));
        assertThat(hosts.get(1).tls().skipVerify()).isTrue();
        assertThat(hosts.get(1).headers()).containsEntry("x-key", List.of("a", "b"));
        assertThat(hosts.get(3).capabilities()).isEqualTo(RegistryHost.ALL);
    }

    @Test
    void without_a_server_the_registry_itself_comes_last() throws IOException {
        write("docker.io", "[host.\"http://m.example\"]\n");
        assertThat(hosts().of("docker.io"))
                .extracting(host -> host.base().toString())
                .containsExactly("http://m.example/v2", "https://registry-1.docker.io/v2");
    }

    @Test
    void the_directory_is_found_in_containerds_order() throws IOException {
        write("_default", "server = \"https://default.example\"");
        assertThat(hosts().of("r.example:5000").getFirst().authority()).isEqualTo("default.example");
        write("r.example:5000", "server = \"https://colon.example\"");
        assertThat(hosts().of("r.example:5000").getFirst().authority()).isEqualTo("colon.example");
        write("r.example_5000_", "server = \"https://underscore.example\"");
        assertThat(hosts().of("r.example:5000").getFirst().authority()).isEqualTo("underscore.example");
    }

    @Test
    void certificates_are_named_from_the_file() throws IOException {
        var file = write("r.example", """
                ca = ["/etc/ca.pem", "own.pem"]
                client = [["c.cert", "c.key"], "both.pem"]
                """);
        var tls = hosts().of("r.example").getFirst().tls();
        assertThat(tls.authorities()).containsExactly(Path.of("/etc/ca.pem"), file.resolveSibling("own.pem"));
        assertThat(tls.keyPairs())
                .containsExactly(
                        new Tls.KeyPair(file.resolveSibling("c.cert"), file.resolveSibling("c.key")),
                        new Tls.KeyPair(file.resolveSibling("both.pem"), file.resolveSibling("both.pem")));
    }

    @Test
    void dockers_own_layout_is_read_when_there_is_no_hosts_toml() throws IOException {
        var folder = Files.createDirectories(root.resolve("r.example"));
        Files.createFile(folder.resolve("ca.crt"));
        Files.createFile(folder.resolve("me.cert"));
        Files.createFile(folder.resolve("me.key"));
        var tls = hosts().of("r.example").getFirst().tls();
        assertThat(tls.authorities()).containsExactly(folder.resolve("ca.crt"));
        assertThat(tls.keyPairs())
                .containsExactly(new Tls.KeyPair(folder.resolve("me.cert"), folder.resolve("me.key")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "server = 5",
                "sever = \"https://x\"",
                "server = \"ftp://x\"",
                "capabilities = [\"fly\"]",
                "dial_timeout = \"soon\"",
                "[host",
                "skip_verify = \"yes\"",
                "client = [[\"a\"]]",
            })
    void what_is_malformed_is_named_with_its_file(String toml) throws IOException {
        var file = write("r.example", toml);
        assertThatThrownBy(() -> hosts().of("r.example"))
                .isInstanceOf(InvalidArgument.class)
                .hasMessageContaining(file.toString());
    }
}
