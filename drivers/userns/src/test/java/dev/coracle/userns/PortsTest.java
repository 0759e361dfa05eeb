package dev.coracle.userns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coracle.relay.Target;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PortsTest {
    @Test
    void port_specs_are_read_as_rootlesskit_reads_them() throws Exception {
        assertThat(PortSpec.parse("127.0.0.1:8080:80/tcp")).isEqualTo(new PortSpec("tcp", "127.0.0.1", 8080, "", 80));
        assertThat(PortSpec.parse(":8080:80/udp4")).isEqualTo(new PortSpec("udp4", "", 8080, "", 80));
        assertThat(PortSpec.parse("[::1]:8080:[fd00::100]:80/tcp6"))
                .isEqualTo(new PortSpec("tcp6", "::1", 8080, "fd00::100", 80));
        assertThat(PortSpec.parse("0.0.0.0:53:10.0.2.100:5353/udp"))
                .isEqualTo(new PortSpec("udp", "0.0.0.0", 53, "10.0.2.100", 5353));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    8080 | missing proto in PortSpec string: "8080"
                    :8080:80/ | missing proto in PortSpec string: ":8080:80/"
                    :8080:80/x | invalid PortSpec string: ":8080:80/x": unknown proto: "x"
                    8080:80/tcp | unexpected PortSpec string: "8080:80/tcp"
                    ::1:8080:80/tcp | unexpected PortSpec string: "::1:8080:80/tcp"
                    name:8080:80/tcp | unexpected ParentIP in PortSpec string: "name:8080:80/tcp"
                    :8080:name:80/tcp | unexpected ChildIP in PortSpec string: ":8080:name:80/tcp"
                    :x:80/tcp | unexpected ParentPort in PortSpec string: ":x:80/tcp"
                    :80:x/tcp | unexpected ChildPort in PortSpec string: ":80:x/tcp"
                    [::1:80:80/tcp | unexpected PortSpec string: "[::1:80:80/tcp"
                    """)
    void what_is_no_port_spec_is_refused(String text, String message) {
        assertThatThrownBy(() -> PortSpec.parse(text))
                .isInstanceOf(UsernsException.class)
                .hasMessage(message);
    }

    @Test
    void a_port_spec_from_outside_is_checked() {
        assertThatThrownBy(() -> new PortSpec("x", "", 1, "", 1).validated()).hasMessage("unknown proto: \"x\"");
        assertThatThrownBy(() -> new PortSpec("tcp", "x", 1, "", 1).validated()).hasMessage("invalid ParentIP: \"x\"");
        assertThatThrownBy(() -> new PortSpec("tcp", "", 1, "x", 1).validated()).hasMessage("invalid ChildIP: \"x\"");
        assertThatThrownBy(() -> new PortSpec("tcp", "", 0, "", 1).validated()).hasMessage("invalid ParentPort: 0");
        assertThatThrownBy(() -> new PortSpec("tcp", "", 1, "", 65536).validated())
                .hasMessage("invalid ChildPort: 65536");
        assertThatThrownBy(() -> new PortSpec("tcp6", "127.0.0.1", 1, "", 1).validated())
                .hasMessageContaining("is not an address for tcp6");
    }

    @Test
    void requests_to_the_process_inside_survive_the_way() throws Exception {
        var one = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 80);
        var other = new InetSocketAddress(InetAddress.ofLiteral("::1"), 81);
        for (var request : List.of(
                new PortRequest.Remove(7),
                new PortRequest.Add(3, true, Target.of(one)),
                new PortRequest.Add(4, false, new Target(other, Optional.of(one), Target.Source.CLIENT)))) {
            assertThat(PortRequest.parse(request.bytes())).isEqualTo(request);
        }
        for (var wrong : List.of("", "add\n1", "add\nx\ntcp\nRELAY\n127.0.0.1\n1", "jump\n1")) {
            assertThatThrownBy(() -> PortRequest.parse(wrong.getBytes(StandardCharsets.UTF_8)))
                    .hasMessageContaining("unexpected request");
        }
    }

    @Test
    void the_process_inside_is_started_in_the_namespaces_of_the_child() {
        assertThat(PortProcess.arguments(new NetworkTarget.OfProcess(7), List.of("java", "X")))
                .containsExactly(
                        "--preserve-credentials", "--user=/proc/7/ns/user", "--net=/proc/7/ns/net", "--", "java", "X");
        assertThat(PortProcess.arguments(new NetworkTarget.OfFile(7, Path.of("/s/netns")), List.of("java")))
                .contains("--net=/proc/7/root/s/netns");
    }

    @Test
    void json_is_read_and_written() {
        var text = "{\"a\":[1,-2.5,true,null,{}],\"b\\u003c\":{\"c\":\"\\u003c\\n\\\"\"},\"d\":[]}";
        assertThat(Json.parse(text).compact()).isEqualTo(text);
        assertThat(Json.parse(" { \"x\" : [ ] } ").indented("  ")).isEqualTo("{\n  \"x\": []\n}");
        assertThat(Json.parse("{\"a\":{\"b\":1}}").indented("    "))
                .isEqualTo("{\n    \"a\": {\n        \"b\": 1\n    }\n}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "{", "[1,", "{\"a\"}", "\"a", "tru", "1 2", "\"\\u12\"", "\"\\x\"", "{\"a\":1,}", "1.2.3"})
    void what_is_no_json_is_refused(String text) {
        assertThatThrownBy(() -> Json.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("invalid JSON at character ");
        assertThatThrownBy(() -> Json.parse("[".repeat(100))).hasMessageContaining("less depth");
    }
}
