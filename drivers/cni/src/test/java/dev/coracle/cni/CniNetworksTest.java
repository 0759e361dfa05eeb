package dev.coracle.cni;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coracle.base.EngineException.FailedPrecondition;
import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.base.EngineException.Unavailable;
import dev.coracle.core.networks.DescribedNetworks.Attachment;
import dev.coracle.core.networks.Endpoint;
import dev.coracle.core.networks.EndpointSpec;
import dev.coracle.core.networks.Network;
import dev.coracle.processes.Spawner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Real plugins, which are small scripts here: each writes down how it was called.
class CniNetworksTest {
    private static final String GIVES = """
            {"cniVersion":"1.0.0","interfaces":[{"name":"br0","mac":"02:00:00:00:00:01"},
            {"name":"eth0","mac":"02:00:00:00:00:02","sandbox":"/n"}],
            "ips":[{"address":"10.1.0.5/24","gateway":"10.1.0.1","interface":1},
            {"address":"10.1.0.1/24","interface":0},{"address":"fd00::5/64","interface":1}],
            "dns":{"nameservers":["10.1.0.53"]}}""";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @SuppressWarnings("NullAway.Init")
    private Spawner spawner;

    @BeforeEach
    void open() throws IOException {
        spawner = Spawner.open();
        Files.createDirectory(folder.resolve("net.d"));
        Files.createDirectory(folder.resolve("bin"));
    }

    @AfterEach
    void close() {
        spawner.close();
    }

    private CniNetworks networks() {
        return new CniNetworks(
                new CniSettings(
                        folder.resolve("net.d"),
                        List.of(folder.resolve("none"), folder.resolve("bin")),
                        Optional.empty(),
                        Path.of("/usr/bin/nsenter"),
                        Map.of("PATH", "/usr/bin:/bin")),
                spawner);
    }

    /// @param answers what it does after it has written itself down
    private void plugin(String name, String answers) throws IOException {
        var file = folder.resolve("bin").resolve(name);
        Files.writeString(file, """
                #!/bin/sh
                { echo "$CNI_COMMAND %1$s $CNI_CONTAINERID $CNI_IFNAME $CNI_NETNS $CNI_ARGS"; cat; echo; } >>%2$s/calls
                %3$s
                """.formatted(name, folder, answers));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private void describe(String file, String text) throws IOException {
        Files.writeString(folder.resolve("net.d").resolve(file), text);
    }

    private void twoPlugins(String second) throws IOException {
        describe("10-two.conflist", """
                {"cniVersion":"1.0.0","name":"two","plugins":[
                {"type":"first","capabilities":{"ips":true,"mac":true},"own":{"kept":[1]}},{"type":"second"}]}""");
        plugin("first", "[ $CNI_COMMAND = DEL ] || echo '" + GIVES + "'");
        plugin("second", second);
    }

    private List<String> calls() throws IOException {
        return Files.readAllLines(folder.resolve("calls"));
    }

    private static Attachment attachment(String network, String address) {
        return new Attachment(
                "default/web",
                "web",
                Optional.of(Path.of("/n")),
                "eth0",
                new EndpointSpec(network, address, "", "", List.of("www")));
    }

    @Test
    void plugins_are_run_one_after_the_other_and_undone_backwards() throws IOException {
        twoPlugins("[ $CNI_COMMAND = DEL ] || echo '" + GIVES + "'");
        var networks = networks();
        var made = networks.connect(attachment("two", "10.1.0.5"), networks.plan("two"));
        assertThat(made.endpoint())
                .isEqualTo(new Endpoint(
                        "two",
                        networks.list().getFirst().id(),
                        "eth0",
                        "02:00:00:00:00:02",
                        "10.1.0.5/24",
                        "10.1.0.1",
                        "fd00::5/64",
                        "",
                        List.of("www")));
        assertThat(made.resolvers()).containsExactly("10.1.0.53");
        assertThat(calls().getFirst()).isEqualTo("ADD first default-web eth0 /n IgnoreUnknown=1;IP=10.1.0.5");
        assertThat(calls().get(1))
                .contains("\"name\":\"two\"", "\"own\":{\"kept\":[1]}", "\"runtimeConfig\":{\"ips\":[\"10.1.0.5\"]}")
                .doesNotContain("capabilities", "prevResult");
        assertThat(calls().get(3)).contains("\"prevResult\":{", "\"10.1.0.5/24\"");

        // by what was read when it was made
        describe("10-two.conflist", "{\"cniVersion\":\"1.0.0\",\"name\":\"two\",\"plugins\":[{\"type\":\"other\"}]}");
        Files.delete(folder.resolve("calls"));
        networks.disconnect(attachment("two", ""), made.plan());
        assertThat(calls().get(0)).startsWith("DEL second default-web eth0 /n");
        assertThat(calls().get(1)).contains("\"prevResult\":{");
        assertThat(calls().get(2)).startsWith("DEL first default-web eth0 /n");
    }

    @Test
    void what_fails_is_undone_and_says_what_the_plugin_said() throws IOException {
        twoPlugins("""
                [ $CNI_COMMAND = DEL ] || { echo '{"code":100,"msg":"no room","details":"at all"}'; exit 1; }""");
        var networks = networks();
        var plan = networks.plan("two");
        assertThatThrownBy(() -> networks.connect(attachment("two", ""), plan))
                .isInstanceOf(FailedPrecondition.class)
                .hasMessage("network \"two\": CNI plugin second, connect default/web: no room: at all");
        assertThat(calls().stream().filter(line -> !line.isEmpty() && !line.startsWith("{")))
                .extracting(line -> line.substring(0, line.indexOf(" default")))
                .containsExactly("ADD first", "ADD second", "DEL second", "DEL first");
    }

    @Test
    void every_plugin_has_its_turn_at_the_end() throws IOException {
        twoPlugins("echo broken >&2; exit 3");
        var networks = networks();
        var plan = networks.plan("two");
        assertThatThrownBy(() -> networks.disconnect(attachment("two", ""), plan))
                .isInstanceOf(FailedPrecondition.class)
                .hasMessageContaining("CNI plugin second, disconnect default/web:")
                .hasMessageEndingWith("broken");
        assertThat(calls()).anyMatch(line -> line.startsWith("DEL first"));
    }

    @Test
    void a_plugin_that_asks_for_patience_is_not_a_wrong_network() throws IOException {
        describe("a.conf", "{\"cniVersion\":\"0.4.0\",\"name\":\"single\",\"type\":\"only\"}");
        plugin("only", "[ $CNI_COMMAND = DEL ] || { echo '{\"code\":11,\"msg\":\"later\"}'; exit 1; }");
        var networks = networks();
        assertThatThrownBy(() -> networks.connect(attachment("single", ""), networks.plan("single")))
                .isInstanceOf(Unavailable.class);
    }

    @Test
    void an_address_that_is_not_given_is_an_error_and_nothing_is_left() throws IOException {
        twoPlugins("[ $CNI_COMMAND = DEL ] || echo '" + GIVES + "'");
        var networks = networks();
        assertThatThrownBy(() -> networks.connect(attachment("two", "10.1.0.9"), networks.plan("two")))
                .isInstanceOf(InvalidArgument.class)
                .hasMessageContaining("gives 10.1.0.5/24 and not 10.1.0.9");
        assertThat(calls()).anyMatch(line -> line.startsWith("DEL first"));
    }

    @Test
    void a_plugin_that_is_not_there_is_named_with_where_it_was_looked_for() throws IOException {
        describe("a.conflist", "{\"cniVersion\":\"1.0.0\",\"name\":\"a\",\"plugins\":[{\"type\":\"absent\"}]}");
        var networks = networks();
        assertThatThrownBy(() -> networks.connect(attachment("a", ""), networks.plan("a")))
                .isInstanceOf(FailedPrecondition.class)
                .hasMessageContaining("plugin absent")
                .hasMessageContaining(folder.resolve("bin").toString());
    }

    @Test
    void files_are_read_anew_and_wrong_ones_are_left_out() throws IOException {
        var networks = networks();
        assertThat(networks.list()).isEmpty();
        describe(
                "10-b.conflist",
                "{\"cniVersion\":\"1.1.0\",\"name\":\"b\",\"plugins\":[{\"type\":\"x\"},{\"type\":\"y\"}]}");
        describe("20-again.conflist", "{\"cniVersion\":\"1.0.0\",\"name\":\"b\",\"plugins\":[{\"type\":\"z\"}]}");
        describe("30-path.conflist", "{\"cniVersion\":\"1.0.0\",\"name\":\"p\",\"plugins\":[{\"type\":\"../sh\"}]}");
        describe("40-old.conflist", "{\"cniVersion\":\"0.2.0\",\"name\":\"o\",\"plugins\":[{\"type\":\"z\"}]}");
        describe("50-cut.conflist", "{\"cniVersion\":");
        describe("60-other.txt", "no network");
        describe("70-a.json", "{\"cniVersion\":\"0.3.1\",\"name\":\"a\",\"type\":\"x\"}");
        assertThat(networks.list()).extracting(Network::name).containsExactly("a", "b");
        assertThat(networks.list().getLast().spec().options())
                .containsEntry("plugins", "x,y")
                .containsEntry("file", folder.resolve("net.d/10-b.conflist").toString());
        assertThatThrownBy(() -> networks.plan("p")).isInstanceOf(NotFound.class);
    }
}
