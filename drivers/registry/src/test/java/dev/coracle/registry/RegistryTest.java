package dev.coracle.registry;

import static dev.coracle.registry.HostileRegistry.cut;
import static dev.coracle.registry.HostileRegistry.header;
import static dev.coracle.registry.HostileRegistry.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coracle.base.Digest;
import dev.coracle.base.EngineException.FailedPrecondition;
import dev.coracle.base.EngineException.InvalidArgument;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.base.EngineException.PermissionDenied;
import dev.coracle.base.EngineException.ResourceExhausted;
import dev.coracle.base.EngineException.Unauthenticated;
import dev.coracle.base.EngineException.Unavailable;
import dev.coracle.base.Reference;
import dev.coracle.core.registry.Login;
import dev.coracle.core.registry.RegistryAccess;
import dev.coracle.oci.Descriptor;
import dev.coracle.oci.MediaTypes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RegistryTest {
    private static final byte[] MANIFEST = "{\"schemaVersion\":2}".getBytes(StandardCharsets.UTF_8);
    private static final byte[] BLOB = random(3 << 20);

    private final List<Duration> pauses = new ArrayList<>();

    private static byte[] random(int size) {
        var bytes = new byte[size];
        new Random(7).nextBytes(bytes);
        return bytes;
    }

    private HttpRegistry client(RegistryOptions options) {
        return new HttpRegistry(options, InstantSource.system(), pauses::add);
    }

    private HttpRegistry client() {
        return client(RegistryOptions.DEFAULT);
    }

    private static RegistryOptions as(Login login) {
        return RegistryOptions.DEFAULT.with(RegistryAccess.ANONYMOUS.withLogins(_ -> login));
    }

    private static Reference image(HostileRegistry server) {
        return Reference.parseFull(server.name() + "/library/app:v1");
    }

    private static Descriptor blob() {
        return new Descriptor(MediaTypes.OCI_LAYER_GZIP, Digest.ofBytes(BLOB), BLOB.length);
    }

    private static void manifest(com.sun.net.httpserver.HttpExchange exchange, boolean digest) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", MediaTypes.OCI_MANIFEST);
        if (digest) {
            exchange.getResponseHeaders()
                    .set("Docker-Content-Digest", Digest.ofBytes(MANIFEST).toString());
        }
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.getResponseHeaders().set("Content-Length", Integer.toString(MANIFEST.length));
            exchange.sendResponseHeaders(200, -1);
        } else {
            send(exchange, 200, MANIFEST);
        }
    }

    private byte[] fetch(HostileRegistry server, HttpRegistry registry) {
        var sink = new MemorySink();
        registry.fetch(image(server), blob(), sink, _ -> {});
        return sink.bytes();
    }

    @Test
    void a_tag_is_resolved_by_one_question() throws Exception {
        try (var server = new HostileRegistry(exchange -> manifest(exchange, true));
                var registry = client()) {
            var found = registry.resolve(image(server));
            assertThat(found)
                    .isEqualTo(new Descriptor(MediaTypes.OCI_MANIFEST, Digest.ofBytes(MANIFEST), MANIFEST.length));
            assertThat(server.asked)
                    .extracting(asked -> asked.method() + " " + asked.path())
                    .containsExactly("HEAD /v2/library/app/manifests/v1");
        }
    }

    @Test
    void without_a_digest_header_the_manifest_is_read_and_hashed() throws Exception {
        try (var server = new HostileRegistry(exchange -> manifest(exchange, false));
                var registry = client()) {
            assertThat(registry.resolve(image(server)).digest()).isEqualTo(Digest.ofBytes(MANIFEST));
        }
    }

    @Test
    void an_unknown_image_is_not_found() throws Exception {
        try (var server = new HostileRegistry(exchange -> send(exchange, 404, new byte[0]));
                var registry = client()) {
            var name = image(server).toString();
            assertThatThrownBy(() -> registry.resolve(image(server)))
                    .isInstanceOf(NotFound.class)
                    .hasMessage("failed to resolve reference \"" + name + "\": " + name + ": not found");
        }
    }

    @Test
    void a_registry_that_answers_with_another_digest_is_not_believed() throws Exception {
        var other = Digest.ofBytes(new byte[] {1});
        try (var server = new HostileRegistry(exchange -> manifest(exchange, true));
                var registry = client()) {
            var reference = Reference.parseFull(server.name() + "/app@" + other);
            assertThatThrownBy(() -> registry.resolve(reference)).isInstanceOf(FailedPrecondition.class);
        }
    }

    @Test
    void a_manifest_above_the_limit_is_refused() throws Exception {
        try (var server = new HostileRegistry(exchange -> {
                    exchange.getResponseHeaders().set("Content-Type", MediaTypes.OCI_MANIFEST);
                    exchange.sendResponseHeaders(
                            200, exchange.getRequestMethod().equals("HEAD") ? -1 : 0);
                    if (exchange.getRequestMethod().equals("GET")) {
                        exchange.getResponseBody().write(new byte[5 << 20]);
                    }
                });
                var registry = client()) {
            assertThatThrownBy(() -> registry.resolve(image(server)))
                    .isInstanceOf(InvalidArgument.class)
                    .hasMessageContaining("larger than the limit");
        }
    }

    @Test
    void a_cut_download_goes_on_where_it_stopped() throws Exception {
        var times = new AtomicInteger();
        try (var server = new HostileRegistry(exchange -> {
                    if (times.getAndIncrement() == 0) {
                        cut(exchange, BLOB, 1_500_000);
                        return;
                    }
                    var from = Integer.parseInt(header(exchange, "Range").replaceAll("\\D", ""));
                    exchange.getResponseHeaders()
                            .set("Content-Range", "bytes " + from + "-" + (BLOB.length - 1) + "/" + BLOB.length);
                    send(exchange, 206, Arrays.copyOfRange(BLOB, from, BLOB.length));
                });
                var registry = client()) {
            assertThat(fetch(server, registry)).isEqualTo(BLOB);
            assertThat(server.asked.get(1).range()).matches("bytes=[1-9][0-9]*-");
        }
    }

    @Test
    void a_server_without_ranges_is_read_again_from_the_start() throws Exception {
        var times = new AtomicInteger();
        try (var server = new HostileRegistry(exchange -> {
                    if (times.getAndIncrement() == 0) {
                        cut(exchange, BLOB, 1_500_000);
                    } else {
                        send(exchange, 200, BLOB);
                    }
                });
                var registry = client()) {
            assertThat(fetch(server, registry)).isEqualTo(BLOB);
        }
    }

    @Test
    void a_server_that_never_gets_further_is_given_up() throws Exception {
        try (var server = new HostileRegistry(exchange -> send(exchange, 200, new byte[] {1, 2, 3}));
                var registry = client()) {
            assertThatThrownBy(() -> fetch(server, registry))
                    .isInstanceOf(Unavailable.class)
                    .hasMessageContaining("of " + BLOB.length + " bytes came");
        }
    }

    @Test
    void more_bytes_than_promised_are_refused() throws Exception {
        var longer = Arrays.copyOf(BLOB, BLOB.length + 1);
        try (var server = new HostileRegistry(exchange -> send(exchange, 200, longer));
                var registry = client()) {
            assertThatThrownBy(() -> fetch(server, registry))
                    .isInstanceOf(FailedPrecondition.class)
                    .hasMessageContaining("more than the promised");
        }
    }

    @Test
    void credentials_do_not_follow_a_redirect_to_another_host() throws Exception {
        try (var storage = new HostileRegistry(exchange -> send(exchange, 200, BLOB));
                var server = new HostileRegistry(exchange -> {
                    if (header(exchange, "Authorization").isEmpty()) {
                        exchange.getResponseHeaders().set("WWW-Authenticate", "Basic realm=\"x\"");
                        send(exchange, 401, new byte[0]);
                    } else {
                        exchange.getResponseHeaders()
                                .set("Location", "http://" + "127.0.0.1:" + STORAGE.get() + "/blob");
                        send(exchange, 307, new byte[0]);
                    }
                });
                var registry = client(as(new Login("me", "secret")))) {
            STORAGE.set(Integer.parseInt(storage.name().replaceAll(".*:", "")));
            assertThat(fetch(server, registry)).isEqualTo(BLOB);
            assertThat(server.asked.getLast().authorization()).startsWith("Basic ");
            assertThat(storage.asked).hasSize(1);
            assertThat(storage.asked.getFirst().authorization()).isEmpty();
        }
    }

    private static final AtomicInteger STORAGE = new AtomicInteger();

    @Test
    void redirects_in_a_circle_end() throws Exception {
        try (var server = new HostileRegistry(exchange -> {
                    exchange.getResponseHeaders()
                            .set("Location", exchange.getRequestURI().toString());
                    send(exchange, 302, new byte[0]);
                });
                var registry = client()) {
            assertThatThrownBy(() -> fetch(server, registry)).hasMessageContaining("stopped after 10 redirects");
            assertThat(server.asked).hasSize(11);
        }
    }

    @Test
    void a_challenge_is_answered_by_a_token_that_is_kept() throws Exception {
        try (var server = new HostileRegistry(exchange -> {
                    if (exchange.getRequestURI().getPath().equals("/token")) {
                        send(exchange, 200, "{\"token\":\"t1\",\"expires_in\":300}".getBytes(StandardCharsets.UTF_8));
                    } else if (header(exchange, "Authorization").equals("Bearer t1")) {
                        manifest(exchange, true);
                    } else {
                        exchange.getResponseHeaders()
                                .set(
                                        "WWW-Authenticate",
                                        "Bearer realm=\"http://" + header(exchange, "Host")
                                                + "/token\",service=\"reg\",scope=\"repository:x:pull\"");
                        send(exchange, 401, new byte[0]);
                    }
                });
                var registry = client()) {
            registry.resolve(image(server));
            registry.resolve(image(server));
            assertThat(server.asked)
                    .extracting(HostileRegistry.Asked::path)
                    .containsExactly(
                            "/v2/library/app/manifests/v1",
                            "/token?service=reg&scope=repository%3Alibrary%2Fapp%3Apull",
                            "/v2/library/app/manifests/v1",
                            "/v2/library/app/manifests/v1");
        }
    }

    @Test
    void who_is_not_let_in_is_told_to_log_in() throws Exception {
        try (var server = new HostileRegistry(exchange -> {
                    exchange.getResponseHeaders().set("WWW-Authenticate", "Basic realm=\"x\"");
                    send(exchange, 401, new byte[0]);
                });
                var registry = client()) {
            assertThatThrownBy(() -> registry.resolve(image(server)))
                    .isInstanceOfSatisfying(
                            Unauthenticated.class,
                            failure -> assertThat(failure.remedy())
                                    .hasValueSatisfying(
                                            words -> assertThat(words).contains("--user")));
        }
    }

    @Test
    void wrong_credentials_are_refused_and_not_tried_for_ever() throws Exception {
        try (var server = new HostileRegistry(exchange -> {
                    exchange.getResponseHeaders().set("WWW-Authenticate", "Basic realm=\"x\"");
                    send(
                            exchange,
                            401,
                            "{\"errors\":[{\"code\":\"DENIED\",\"message\":\"no\"}]}".getBytes(StandardCharsets.UTF_8));
                });
                var registry = client(as(new Login("me", "wrong")))) {
            assertThatThrownBy(() -> registry.resolve(image(server))).isInstanceOf(Unauthenticated.class);
            assertThat(server.asked).hasSizeLessThan(6);
        }
    }

    @Test
    void a_busy_registry_is_asked_again_after_the_time_it_names() throws Exception {
        var times = new AtomicInteger();
        try (var server = new HostileRegistry(exchange -> {
                    switch (times.getAndIncrement()) {
                        case 0 -> {
                            exchange.getResponseHeaders().set("Retry-After", "3");
                            send(exchange, 429, new byte[0]);
                        }
                        case 1 -> send(exchange, 503, new byte[0]);
                        default -> manifest(exchange, true);
                    }
                });
                var registry = client()) {
            registry.resolve(image(server));
            assertThat(pauses).hasSize(2).first().isEqualTo(Duration.ofSeconds(3));
        }
    }

    @Test
    void a_registry_that_stays_busy_is_named_with_its_words() throws Exception {
        var body = "{\"errors\":[{\"code\":\"TOOMANYREQUESTS\",\"message\":\"slow down\"}]}";
        try (var server = new HostileRegistry(exchange -> send(
                        exchange,
                        429,
                        exchange.getRequestMethod().equals("HEAD")
                                ? new byte[0]
                                : body.getBytes(StandardCharsets.UTF_8)));
                var registry = client()) {
            assertThatThrownBy(() -> fetch(server, registry))
                    .isInstanceOf(ResourceExhausted.class)
                    .hasMessageContaining("TOOMANYREQUESTS: slow down")
                    .hasMessageContaining(server.name());
        }
    }

    @Test
    void denied_is_not_retried() throws Exception {
        try (var server = new HostileRegistry(exchange -> send(exchange, 403, new byte[0]));
                var registry = client()) {
            assertThatThrownBy(() -> fetch(server, registry)).isInstanceOf(PermissionDenied.class);
            assertThat(server.asked).hasSize(1);
        }
    }

    @Test
    void nobody_listening_is_unavailable() throws Exception {
        Reference gone;
        try (var server = new HostileRegistry(exchange -> send(exchange, 200, new byte[0]))) {
            gone = image(server);
        }
        try (var registry = client()) {
            assertThatThrownBy(() -> registry.resolve(gone))
                    .isInstanceOf(Unavailable.class)
                    .hasMessageContaining("connection refused");
        }
    }
}
