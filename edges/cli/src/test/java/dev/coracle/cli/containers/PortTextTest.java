package dev.coracle.cli.containers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coracle.core.networks.PortBinding;
import dev.coracle.core.networks.PortBinding.Protocol;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The column PORTS, as docker's formatter words it.
class PortTextTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
        -                                      | 80/tcp                 | 80/tcp
        -                                      | 80/tcp 81/tcp 83/tcp   | 80-81/tcp, 83/tcp
        -                                      | 80/tcp 81/udp          | 80/tcp, 81/udp
        0.0.0.0:80:80                          | 80/tcp                 | 0.0.0.0:80->80/tcp
        0.0.0.0:8080:80                        | 443/tcp                | 443/tcp, 0.0.0.0:8080->80/tcp
        0.0.0.0:80:80 0.0.0.0:81:81            | -                      | 0.0.0.0:80-81->80-81/tcp
        0.0.0.0:80:80 0.0.0.0:82:82            | -                      | 0.0.0.0:80->80/tcp, 0.0.0.0:82->82/tcp
        1.2.3.4:80:80 0.0.0.0:81:81            | -                      | 1.2.3.4:80->80/tcp, 0.0.0.0:81->81/tcp
        0.0.0.0:8080:80 0.0.0.0:8081:81        | -                      | 0.0.0.0:8080->80/tcp, 0.0.0.0:8081->81/tcp
        """)
    void ports_are_dockers(String published, String exposed, String text) {
        assertThat(PortText.of(
                        words(published).map(PortTextTest::binding).toList(),
                        words(exposed).toList()))
                .isEqualTo(text);
    }

    private static Stream<String> words(String text) {
        return text == null ? Stream.of() : Stream.of(text.split(" "));
    }

    private static PortBinding binding(String text) {
        var parts = text.split(":");
        return new PortBinding(Protocol.TCP, parts[0], Integer.parseInt(parts[1]), Integer.parseInt(parts[2]));
    }
}
