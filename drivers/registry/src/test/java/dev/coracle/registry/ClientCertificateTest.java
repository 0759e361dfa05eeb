package dev.coracle.registry;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import dev.coracle.base.Digest;
import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.base.EngineException.Unavailable;
import dev.coracle.base.Reference;
import dev.coracle.core.registry.RegistryAccess;
import dev.coracle.oci.Descriptor;
import dev.coracle.oci.MediaTypes;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A registry with a private authority that lets nobody in without a certificate of that
/// authority. The certificates are files of the test; `older` has an RSA key in the form that
/// OpenSSL once wrote.
class ClientCertificateTest {
    private static final byte[] MANIFEST = "{\"schemaVersion\":2}".getBytes(StandardCharsets.UTF_8);

    @TempDir
    private Path root;

    private HttpsServer server;

    @BeforeEach
    void serve() throws IOException {
        var tls = new Tls(
                List.of(file("ca.pem")), List.of(new Tls.KeyPair(file("server.pem"), file("server.key"))), false);
        var context = TlsContexts.of(tls, List.of(file("ca.pem")));
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
        server.setHttpsConfigurator(new HttpsConfigurator(context) {
            @Override
            public void configure(HttpsParameters parameters) {
                var wanted = context.getDefaultSSLParameters();
                wanted.setNeedClientAuth(true);
                parameters.setSSLParameters(wanted);
            }
        });
        server.createContext("/v2/library/app/manifests/v1", exchange -> {
            try (exchange) {
                exchange.getResponseHeaders().set("Content-Type", MediaTypes.OCI_MANIFEST);
                exchange.sendResponseHeaders(200, MANIFEST.length);
                exchange.getResponseBody().write(MANIFEST);
            }
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private static Path file(String name) {
        try {
            return Path.of(requireNonNull(ClientCertificateTest.class.getResource("/tls/" + name))
                    .toURI());
        } catch (java.net.URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private Descriptor resolve(String settings) throws IOException {
        var name = "127.0.0.1:" + server.getAddress().getPort();
        Files.writeString(
                Files.createDirectories(root.resolve(name)).resolve("hosts.toml"),
                "server = \"https://" + name + "\"\nca = \"" + file("ca.pem") + "\"\n" + settings);
        var options = RegistryOptions.DEFAULT.with(RegistryAccess.ANONYMOUS.withHostsDirs(List.of(root)));
        try (var registry = new HttpRegistry(options, InstantSource.system(), ClientCertificateTest::atOnce)) {
            return registry.resolve(Reference.parseFull(name + "/library/app:v1"));
        }
    }

    private static void atOnce(Duration pause) {
        // a refused handshake is tried again; the test need not wait for it
    }

    private static String pair(String certificate, String key) {
        return "client = [[\"" + file(certificate) + "\", \"" + file(key) + "\"]]";
    }

    @Test
    void a_certificate_of_the_authority_opens_the_registry() throws IOException {
        assertThat(resolve(pair("client.pem", "client.key")).digest()).isEqualTo(Digest.ofBytes(MANIFEST));
        assertThat(resolve("client = \"" + file("client-both.pem") + "\"").size())
                .isEqualTo(MANIFEST.length);
        assertThat(resolve(pair("older.pem", "older.key")).size()).isEqualTo(MANIFEST.length);
    }

    @Test
    void without_one_the_registry_cannot_be_used() {
        assertThatThrownBy(() -> resolve("")).isInstanceOf(Unavailable.class).hasMessageContaining("127.0.0.1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ca.pem", "client-sec1.key"})
    void a_key_file_that_cannot_be_read_is_named(String key) {
        assertThatThrownBy(() -> resolve(pair("client.pem", key)))
                .isInstanceOf(InvalidArgument.class)
                .hasMessageContaining(key);
    }
}
